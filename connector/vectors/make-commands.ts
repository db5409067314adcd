// Writes origin-command.json: signed commands of a shop, and the keys that are derived from an origin
// key, for implementations in other languages. Run it only when the format itself changes. The key is
// made of the bytes 0…31: public knowledge, good for nothing but vectors.

import { toBase64Url } from "../src/base64url.ts";
import {
  type CommandFacts,
  commandHeaders,
  commandSecretOf,
  openOriginKey,
  signCommand,
} from "../src/origin/origin-key.ts";

const secret = new Uint8Array(32).map((_, at) => at);
const originKey = `usher_ok_0000000000000000000001_${toBase64Url(secret)}`;
const { keyId, signing } = await openOriginKey(originKey);
const onSale = "os_0000000000000000000001";
const admissionId = "adm_0000000000000000000003";
const commands = [
  { command: "enter", admissionToken: "AUE", nonce: "0000000000000000000004" },
  { command: "look", admissionId, epoch: 2 },
  { command: "extend", admissionId, epoch: 2, forMs: 60_000 },
  { command: "done", admissionId },
  { command: "revoke", admissionId },
  { command: "done", admissionId, note: "김하늘 ✓" },
];
const cases = await Promise.all(
  commands.map(async (command, at) => {
    const facts: CommandFacts = {
      onSale,
      timestamp: 1_800_000_000_000 + at,
      nonce: String(at).padStart(22, "n"),
      body: JSON.stringify(command),
    };
    const signature = await signCommand(signing, facts);
    const headers = {
      [commandHeaders.keyId]: keyId,
      [commandHeaders.timestamp]: String(facts.timestamp),
      [commandHeaders.nonce]: facts.nonce,
      [commandHeaders.signature]: signature,
    };
    return { path: `/q/${onSale}/origin`, facts, headers };
  }),
);
const commandSecret = toBase64Url(await commandSecretOf(secret));
const text = JSON.stringify({ originKey, keyId, commandSecret, cases }, undefined, 2);
await Bun.write(new URL("origin-command.json", import.meta.url), `${text}\n`);

// Writes identity.json: a shop's words for its fans' accounts, good and bad, for implementations in other
// languages. Run it only when the format itself changes. The key is made of the bytes 0…31: public
// knowledge, good for nothing but vectors.

import { toBase64Url } from "../src/base64url.ts";
import { longestIdentityMs, signIdentity } from "../src/origin/identity.ts";
import { commandSecretOf } from "../src/origin/origin-key.ts";

const secret = new Uint8Array(32).map((_, at) => at);
const originKey = `usher_ok_0000000000000000000001_${toBase64Url(secret)}`;
const onSale = "os_0000000000000000000001";
const now = 1_800_000_000_000;
const word = (accountId: string, more: { onSale?: string; validMs?: number; now?: number } = {}) =>
  signIdentity(originKey, { onSale, accountId, now, ...more });
const partsOf = (text: string) => text.split(".") as [string, string, string, string];
const [key, account, until, signature] = partsOf(await word("fan-1"));
const other = partsOf(await word("fan-2"));
const cases = [
  { says: "valid", accountId: "fan-1", text: await word("fan-1") },
  { says: "valid", accountId: "김하늘 ✓", text: await word("김하늘 ✓") },
  {
    says: "valid",
    accountId: "fan-1",
    text: await word("fan-1", { validMs: 2 * longestIdentityMs }),
  },
  { says: "expired", text: await word("fan-1", { validMs: 0 }) },
  // A clock of the shop's that is two minutes ahead, and the longest time.
  {
    says: "expired",
    text: await word("fan-1", { now: now + 120_000, validMs: longestIdentityMs }),
  },
  { says: "forged", text: await word("fan-1", { onSale: "os_0000000000000000000002" }) },
  { says: "forged", text: [key, account, Number(until) + 1, signature].join(".") },
  { says: "forged", text: [key, other[1], until, signature].join(".") },
  { says: "unknown-key", text: ["0000000000000000000009", account, until, signature].join(".") },
  { says: "malformed", text: [key, account, until].join(".") },
  { says: "malformed", text: `${[key, account, until, signature].join(".")}.` },
  { says: "malformed", text: [key, account, "soon", signature].join(".") },
  { says: "malformed", text: "" },
];
const keyId = key;
const commandSecret = toBase64Url(await commandSecretOf(secret));
const facts = { originKey, keyId, commandSecret, onSale, now, cases };
await Bun.write(
  new URL("identity.json", import.meta.url),
  `${JSON.stringify(facts, undefined, 2)}\n`,
);

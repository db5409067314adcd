// Signed commands against the golden vectors and against node:crypto, which shares no line with ours.

import { expect, test } from "bun:test";
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { fromBase64Url } from "../base64url.ts";
import {
  checkCommand,
  type CommandFacts,
  commandHeaders,
  commandSecretOf,
  isOriginKey,
  macKey,
  openOriginKey,
  signCommand,
} from "./origin-key.ts";

type Vectors = {
  originKey: string;
  keyId: string;
  commandSecret: string;
  cases: { facts: CommandFacts; headers: Record<string, string> }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../vectors/origin-command.json", import.meta.url), "utf8"),
);
const secretOf = (text: string) => fromBase64Url(text, 64) ?? new Uint8Array();

test("the vectors' signatures are ours, and what anybody computes with HMAC-SHA256", async () => {
  const key = await openOriginKey(vectors.originKey);
  expect(key.keyId).toBe(vectors.keyId);
  const secret = secretOf(vectors.originKey.slice(-43));
  const commandSecret = createHmac("sha256", secret).update("usher-origin-command-1").digest();
  expect(commandSecret.toString("base64url")).toBe(vectors.commandSecret);
  expect(Buffer.from(await commandSecretOf(secret))).toEqual(commandSecret);
  expect(vectors.cases.length).toBeGreaterThanOrEqual(6);
  for (const { facts, headers } of vectors.cases) {
    const signature = headers[commandHeaders.signature] ?? "";
    expect(await signCommand(key.signing, facts)).toBe(signature);
    const digest = createHash("sha256").update(facts.body).digest("hex");
    const lines = ["usher-origin-1", facts.onSale, facts.timestamp, facts.nonce, digest].join("\n");
    const byHand = createHmac("sha256", commandSecret).update(lines).digest("base64url");
    expect(byHand).toBe(signature);
  }
});

test("a command that was changed in any part is not believed", async () => {
  const checking = await macKey(secretOf(vectors.commandSecret));
  for (const { facts, headers } of vectors.cases) {
    const signature = headers[commandHeaders.signature] ?? "";
    expect(await checkCommand(checking, facts, signature)).toBe(true);
    const changes: Partial<CommandFacts>[] = [
      { onSale: "os_0000000000000000000002" },
      { timestamp: facts.timestamp + 1 },
      { nonce: `${facts.nonce}x` },
      { body: `${facts.body} ` },
    ];
    for (const change of changes) {
      expect(await checkCommand(checking, { ...facts, ...change }, signature)).toBe(false);
    }
    for (const wrong of ["", "A", signature.slice(1), `${signature}A`, "é".repeat(43)]) {
      expect(await checkCommand(checking, facts, wrong)).toBe(false);
    }
  }
});

test("what is no origin key is refused, and never repeated in the message", async () => {
  const { originKey } = vectors;
  for (const text of ["", originKey.slice(1), `${originKey}A`, originKey.toUpperCase(), "a b"]) {
    expect(isOriginKey(text)).toBe(false);
    const opened = openOriginKey(text).catch((error: unknown) => String(error));
    expect(await opened).toContain("made at the desk");
    if (text.length > 10) expect(await opened).not.toContain(text);
  }
});

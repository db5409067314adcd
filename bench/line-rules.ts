// What the rules of the line cost on one core: sealing and reading tokens, opening a draw, positions.
// Run: bun bench/line-rules.ts

import { openKeySet, signAdmission, verifyAdmission } from "../connector/src/admission-token.ts";
import { openDraw } from "../src/domain/waiting-room/draw.ts";
import { readQueueToken, signQueueToken } from "../src/domain/waiting-room/queue-token.ts";
import { newId } from "../src/foundation/ids.ts";
import { sealingKeys } from "../src/foundation/sealed-bytes.ts";

const rounds = 5;
const median = (numbers: number[]) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

async function measure(name: string, count: number, run: () => unknown): Promise<void> {
  const perSecond: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await run();
    perSecond.push((count / (performance.now() - start)) * 1_000);
  }
  console.log(`${name.padEnd(44)} ${Math.round(median(perSecond)).toLocaleString("en")} /s`);
}

const secret = crypto.getRandomValues(new Uint8Array(32));
const keys = sealingKeys([
  { kid: 2, secret: crypto.getRandomValues(new Uint8Array(32)) },
  { kid: 1, secret },
]);
const onSaleId = newId("on-sale");
const tokens = Array.from({ length: 10_000 }, (_, index) =>
  signQueueToken(keys, { onSaleId, entryId: newId("entry"), index, joinedAt: Date.now() }),
);
await measure("queue token: sign", 200_000, () => {
  const claims = { onSaleId, entryId: newId("entry"), index: 7, joinedAt: Date.now() };
  for (let n = 0; n < 200_000; n++) signQueueToken(keys, claims);
});
await measure("queue token: read and check", 500_000, () => {
  let valid = 0;
  for (let n = 0; n < 500_000; n++) {
    if (readQueueToken(keys, tokens[n % tokens.length], onSaleId).kind === "valid") valid++;
  }
  if (valid !== 500_000) throw new Error("a token was refused");
});

const seed = crypto.getRandomValues(new Uint8Array(32));
await measure("draw: open, a million entries", 1, () => openDraw(seed, 1_000_000));
const draw = openDraw(seed, 1_000_000);
await measure("draw: positions of a million", 1_000_000, () => {
  for (let index = 0; index < 1_000_000; index++) draw.positionOf(index);
});
await measure("draw: inverse of a million", 1_000_000, () => {
  for (let position = 0; position < 1_000_000; position++) draw.indexAt(position);
});

const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
const { x = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
const verifier = await openKeySet({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "k", x }] });
const now = Date.now();
const claims = {
  onSale: onSaleId,
  entry: newId("entry"),
  admissionId: "adm_1",
  epoch: 1,
  issuedAt: now,
  expiresAt: now + 300_000,
};
const signer = { kid: "k", privateKey: pair.privateKey };
const admission = await signAdmission(signer, claims);
await measure("admission token: sign, 100 at once", 2_000, async () => {
  for (let n = 0; n < 20; n++) {
    await Promise.all(Array.from({ length: 100 }, () => signAdmission(signer, claims)));
  }
});
await measure("admission token: verify, 100 at once", 2_000, async () => {
  const check = () => verifyAdmission(verifier, admission, { onSale: onSaleId, now });
  for (let n = 0; n < 20; n++) await Promise.all(Array.from({ length: 100 }, check));
});

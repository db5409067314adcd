// What the rules of the line cost on one core: sealing and reading tokens, opening a draw, positions.

import { openKeySet, signAdmission, verifyAdmission } from "../../connector/src/admission-token.ts";
import { openDraw } from "../../src/domain/waiting-room/draw.ts";
import { readQueueToken, signQueueToken } from "../../src/domain/waiting-room/queue-token.ts";
import { assert } from "../../src/foundation/assert.ts";
import { newId } from "../../src/foundation/ids.ts";
import { sealingKeys } from "../../src/foundation/sealed-bytes.ts";
import type { Bench, Figures } from "../support/bench.ts";
import { msOf } from "../support/load.ts";

const million = 1_000_000;
const tokenCount = 10_000;
const signatures = 2_000;

export const lineRules: Bench = {
  id: "line-rules",
  what: "what the rules of the line cost on one core",
  figures: {
    signQueue: "queue tokens signed/s",
    readQueue: "queue tokens read and checked/s",
    openDraw: "draws of a million opened/s",
    positions: "positions/s in a draw of a million",
    inverse: "inverse positions/s in a draw of a million",
    signAdmission: "admission tokens signed/s, 100 at once",
    verifyAdmission: "admission tokens verified/s, 100 at once",
  },
  goals: [],
  async open() {
    const admission = await admissionTokens();
    return { sides: [queueTokens, draws, admission], close: async () => undefined };
  },
};

const perSec = async (count: number, run: () => unknown) => (count / (await msOf(run))) * 1_000;

async function queueTokens(): Promise<Figures> {
  const secret = () => crypto.getRandomValues(new Uint8Array(32));
  const keys = sealingKeys([
    { kid: 2, secret: secret() },
    { kid: 1, secret: secret() },
  ]);
  const onSaleId = newId("on-sale");
  const entryId = newId("entry");
  const signOne = (index: number) =>
    signQueueToken(keys, { onSaleId, entryId, index, joinedAt: Date.now() });
  const tokens = Array.from({ length: tokenCount }, (_, index) => signOne(index));
  const signed = await perSec(200_000, () => {
    for (let n = 0; n < 200_000; n++) signOne(7);
  });
  let valid = 0;
  const read = await perSec(500_000, () => {
    for (let n = 0; n < 500_000; n++) {
      if (readQueueToken(keys, tokens[n % tokenCount], onSaleId).kind === "valid") valid++;
    }
  });
  assert(valid === 500_000, "a token was refused");
  return { signQueue: signed, readQueue: read };
}

async function draws(): Promise<Figures> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const opened = await perSec(1, () => openDraw(seed, million));
  const draw = openDraw(seed, million);
  const positions = await perSec(million, () => {
    for (let index = 0; index < million; index++) draw.positionOf(index);
  });
  const inverse = await perSec(million, () => {
    for (let position = 0; position < million; position++) draw.indexAt(position);
  });
  return { openDraw: opened, positions, inverse };
}

async function admissionTokens(): Promise<() => Promise<Figures>> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const verifier = await openKeySet({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "k", x }] });
  const now = Date.now();
  const onSale = newId("on-sale");
  const claims = {
    onSale,
    entry: newId("entry"),
    admissionId: "adm_1",
    epoch: 1,
    issuedAt: now,
    expiresAt: now + 300_000,
  };
  const sign = () => signAdmission({ kid: "k", privateKey: pair.privateKey }, claims);
  const token = await sign();
  const inHundreds = (call: () => Promise<unknown>) =>
    perSec(signatures, async () => {
      for (let n = 0; n < signatures / 100; n++)
        await Promise.all(Array.from({ length: 100 }, call));
    });
  return async () => ({
    signAdmission: await inHundreds(sign),
    verifyAdmission: await inHundreds(() => verifyAdmission(verifier, token, { onSale, now })),
  });
}

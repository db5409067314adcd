import { expect, test } from "bun:test";
import { newId } from "../../foundation/ids.ts";
import { sealingKeys } from "../../foundation/sealed-bytes.ts";
import { solveChallenge } from "../../wire/solve-challenge.ts";
import { isAnswered, isWorkDone, patienceMs, sealChallenge } from "./join-challenge.ts";
import { signQueueToken } from "./queue-token.ts";

const secret = () => crypto.getRandomValues(new Uint8Array(32));
const keys = sealingKeys([{ kid: 1, secret: secret() }]);
const asked = { onSaleId: newId("on-sale"), entryId: newId("entry"), now: 1_800_000_000_000 };
const { now } = asked;
const challenge = sealChallenge(keys, { ...asked, issuedAt: now, work: 0 });

test("who comes back with its own challenge is believed, for ten minutes", () => {
  const at = (later: number) => isAnswered(keys, { challenge }, { ...asked, now: now + later });
  expect([at(0), at(600_000), at(600_001), at(-5_000), at(-5_001)]).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
});

test("a challenge is for one entry of one on-sale, and nothing else is one", () => {
  const others = [
    isAnswered(keys, { challenge }, { ...asked, entryId: newId("entry") }),
    isAnswered(keys, { challenge }, { ...asked, onSaleId: newId("on-sale") }),
    isAnswered(sealingKeys([{ kid: 1, secret: secret() }]), { challenge }, asked),
    isAnswered(keys, { challenge: `${challenge.slice(0, -2)}AA` }, asked),
    isAnswered(
      keys,
      { challenge: signQueueToken(keys, { ...asked, index: 0, joinedAt: now }) },
      asked,
    ),
    isAnswered(keys, { challenge: "" }, asked),
  ];
  expect(others).toEqual(Array(6).fill(false));
});

test("work is checked; the page's own solver finds it; patience stands in for it", async () => {
  const hard = sealChallenge(keys, { ...asked, issuedAt: now, work: 10 });
  const nonce = await solveChallenge(hard, 10);
  expect(isAnswered(keys, { challenge: hard, nonce }, asked)).toBe(true);
  const lazy = ["", "0", "1", "x".repeat(33)].filter(
    (text) => !isWorkDone({ challenge: hard, nonce: text }, 10),
  );
  for (const text of lazy) {
    expect(isAnswered(keys, { challenge: hard, nonce: text }, asked)).toBe(false);
  }
  expect(lazy.length).toBeGreaterThan(2);
  const patient = (waited: number) =>
    isAnswered(keys, { challenge: hard }, { ...asked, now: now + waited, isPatient: true });
  expect([patient(patienceMs - 1), patient(patienceMs)]).toEqual([false, true]);
});

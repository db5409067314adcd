import { expect, test } from "bun:test";
import { newId } from "../../foundation/ids.ts";
import { seededRandom } from "../../foundation/random.ts";
import { sealChallenge } from "../../domain/waiting-room/join-challenge.ts";
import { sealingKeys } from "../../foundation/sealed-bytes.ts";
import { bringsSomething, joinSchema, plainJoin } from "./join-body.ts";

const values = (random: () => number): unknown[] => [
  undefined,
  "",
  "A1",
  "x".repeat(Math.floor(random() * 310)),
  "x".repeat(64),
  "x".repeat(65),
  "x".repeat(100),
  "x".repeat(257),
  null,
  7,
  true,
  {},
  ["A1"],
];

test("what is plainly a join is one by the schema as well, and says the same", () => {
  const random = seededRandom(4).next;
  const pick = <Of>(from: readonly Of[]): Of => from[Math.floor(random() * from.length)] as Of;
  let plain = 0;
  for (let nth = 0; nth < 20_000; nth++) {
    const entryId =
      random() < 0.8 ? newId("entry") : pick(["qe_", `qe_${"!".repeat(22)}`, 1, null]);
    const mostly = () => (random() < 0.6 ? "A1" : pick(values(random)));
    const body: unknown = JSON.parse(
      JSON.stringify({
        entryId,
        challenge: mostly(),
        nonce: mostly(),
        code: mostly(),
        identity: mostly(),
        other: mostly(),
      }),
    );
    const asked = plainJoin(body);
    const ruled = joinSchema.safeParse(body);
    expect(ruled.success).toBe(asked !== undefined);
    if (asked === undefined || !ruled.success) continue;
    expect({ ...asked }).toEqual({ ...ruled.data });
    plain++;
  }
  expect(plain).toBeGreaterThan(1_000);
});

test("what is no object is no join", () => {
  for (const body of [null, [], "qe_", 1, true]) {
    expect(plainJoin(body)).toBeUndefined();
    expect(joinSchema.safeParse(body).success).toBe(false);
  }
});

test("who comes back with a challenge is told by the length of the body", () => {
  const keys = sealingKeys([{ kid: 1, secret: new Uint8Array(32) }]);
  const [onSaleId, entryId] = [newId("on-sale"), newId("entry")];
  const challenge = sealChallenge(keys, { onSaleId, entryId, issuedAt: 1, work: 0 });
  const asks = (body: object) => {
    const text = JSON.stringify(body);
    const headers = { "content-length": String(text.length) };
    return new Request("http://gateway.test/", { method: "POST", body: text, headers });
  };
  expect(bringsSomething(asks({ entryId }))).toBe(false);
  expect(bringsSomething(asks({ entryId, challenge }))).toBe(true);
});

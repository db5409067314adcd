import { expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { hmacSha256, macLength } from "./hmac.ts";

const own = (secret: Uint8Array, message: Uint8Array) => {
  const mac = new Uint8Array(macLength);
  hmacSha256(secret, message, mac);
  return Buffer.from(mac).toString("hex");
};

test("the same as node's, for secrets of every length and messages of every length", () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: "max" });
  fc.assert(
    fc.property(bytes(200), bytes(1_024), (secret, message) => {
      const nodes = createHmac("sha256", secret).update(message).digest("hex");
      // The second time from the blocks that were kept.
      expect([own(secret, message), own(secret, message)]).toEqual([nodes, nodes]);
    }),
    { numRuns: 300 },
  );
});

test("RFC 4231, case 2", () => {
  expect(own(Buffer.from("Jefe"), Buffer.from("what do ya want for nothing?"))).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("a message that is too long is a bug, not a wrong answer", () => {
  expect(() => own(new Uint8Array(32), new Uint8Array(1_025))).toThrow("1025 bytes");
});

import { expect, test } from "bun:test";
import fc from "fast-check";
import { newId, type OnSaleId } from "../../foundation/ids.ts";
import { type SealingKey, sealingKeys } from "../../foundation/sealed-bytes.ts";
import {
  identityOfCode,
  maxBatches,
  maxCodesInBatch,
  readPresaleCode,
  writePresaleCode,
} from "./presale-code.ts";

const key: SealingKey = { kid: 1, secret: new Uint8Array(32).fill(7) };
const keys = sealingKeys([key]);
const onSaleId = newId("on-sale");
const code = fc.record({
  batch: fc.integer({ min: 1, max: maxBatches }),
  number: fc.integer({ min: 0, max: maxCodesInBatch - 1 }),
  places: fc.integer({ min: 1, max: 8_191 }),
});
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

test("a code is read as it was written, however somebody types it", () => {
  fc.assert(
    fc.property(code, (one) => {
      const text = writePresaleCode(key, onSaleId, one);
      expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
      const valid = { kind: "valid", code: one } as const;
      const small = text.toLowerCase().replaceAll("-", " ").replaceAll("0", "o");
      const wide = [...text.replaceAll("-", "").replaceAll("1", "l").replaceAll("V", "u")]
        .map((sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
        .join("");
      for (const typed of [text, small, `  ${wide}\n`]) {
        expect(readPresaleCode(keys, typed, onSaleId)).toEqual(valid);
      }
    }),
    { numRuns: 300 },
  );
});

test("one letter wrong, or two that changed places, is a slip; and never a valid code", () => {
  const text = writePresaleCode(key, onSaleId, { batch: 3, number: 4_711, places: 1 });
  const plain = text.replaceAll("-", "");
  const kinds = { mistyped: 0, wrong: 0, valid: 0 };
  for (let at = 0; at < plain.length; at++) {
    for (const letter of letters.replace(plain[at] as string, "")) {
      kinds[
        readPresaleCode(keys, plain.slice(0, at) + letter + plain.slice(at + 1), onSaleId).kind
      ]++;
    }
  }
  expect(kinds.valid).toBe(0);
  // 0 and Z are the one pair that the check letter cannot tell apart; the signature can.
  expect(kinds.wrong).toBeLessThanOrEqual(19);
  expect(kinds.mistyped).toBeGreaterThan(590);
  for (let at = 0; at + 2 < plain.length; at++) {
    const swapped = plain.slice(0, at) + plain[at + 1] + plain[at] + plain.slice(at + 2);
    if (swapped !== plain) expect(readPresaleCode(keys, swapped, onSaleId).kind).not.toBe("valid");
  }
});

test("another on-sale's code, another key's and an invented one are wrong; nonsense is a slip", () => {
  const one = { batch: 1, number: 0, places: 1 };
  const text = writePresaleCode(key, onSaleId, one);
  expect(readPresaleCode(keys, text, newId("on-sale")).kind).toBe("wrong");
  const strangers = sealingKeys([{ kid: 1, secret: new Uint8Array(32).fill(8) }]);
  expect(readPresaleCode(strangers, text, onSaleId).kind).toBe("wrong");
  for (const nonsense of ["", "hello", "가나다", "0".repeat(19), "U".repeat(400), "-".repeat(20)]) {
    expect(readPresaleCode(keys, nonsense, onSaleId).kind).toBe("mistyped");
  }
  // All zeros carry a right check letter: only the signature refuses them.
  expect(readPresaleCode(keys, "0".repeat(20), onSaleId).kind).toBe("wrong");
});

test("a rotation ends no code, and a batch is written out again with its own key", () => {
  const one = { batch: 1, number: 9, places: 20 };
  const text = writePresaleCode(key, onSaleId, one);
  const rotated = sealingKeys([{ kid: 2, secret: new Uint8Array(32).fill(9) }, key]);
  expect(readPresaleCode(rotated, text, onSaleId)).toEqual({ kind: "valid", code: one });
  expect(writePresaleCode(rotated[1] as SealingKey, onSaleId, one)).toBe(text);
});

test("a code's identity is its number, not how it was typed, and of its on-sale", () => {
  const one = { batch: 2, number: 5, places: 3 };
  const identity = identityOfCode(onSaleId, one);
  expect(identity).toEqual(identityOfCode(onSaleId, { ...one }));
  expect(identity.places).toBe(3);
  expect(identity.key).toMatch(/^[0-9A-Za-z_-]{22}$/);
  expect(identityOfCode(onSaleId, { ...one, number: 6 }).key).not.toBe(identity.key);
  expect(identityOfCode(newId("on-sale"), one).key).not.toBe(identity.key);
});

test("the format is fixed: this vector never changes", () => {
  const fixed = "os_0000000000000000000001" as OnSaleId;
  expect(writePresaleCode(key, fixed, { batch: 1, number: 2, places: 3 })).toBe(
    "01000-G03WN-TGGTC-1950V",
  );
});

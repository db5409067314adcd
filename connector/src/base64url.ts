// Base64url without padding (RFC 4648 §5), strict: one spelling per byte string, so that no two
// different texts are the same token. Written out because edge runtimes have no Buffer.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const values = new Map([...alphabet].map((character, value) => [character, value]));

export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const chunk = bytes.subarray(at, at + 3);
    const bits = ((chunk[0] ?? 0) << 16) | ((chunk[1] ?? 0) << 8) | (chunk[2] ?? 0);
    for (let part = 0; part <= chunk.length; part++) {
      text += alphabet[(bits >> (18 - 6 * part)) & 63];
    }
  }
  return text;
}

/** @returns undefined for a foreign character, a wrong length, stray bits, or more than `maxLength`. */
export function fromBase64Url(
  text: string,
  maxLength: number,
): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > maxLength || text.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const value = values.get(character);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  const strayBits = bits & ((1 << held) - 1);
  return strayBits === 0 ? bytes : undefined;
}

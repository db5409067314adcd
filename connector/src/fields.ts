// How the connector's tokens are laid out in bytes: a version, a kind, some texts, some numbers. One
// spelling only: what could be read in two ways is no token. The format is written out in
// admission-token.ts and in session.ts, which are its only readers.

/** A text in a token: 1…64 of these. */
export const textPattern = /^[0-9A-Za-z_-]{1,64}$/;

export type Layout = {
  readonly kind: number;
  readonly texts: readonly string[];
  /** Width of each number in bytes. */
  readonly numbers: readonly (readonly [name: string, width: number])[];
};
export type Fields = {
  readonly texts: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number>>;
};

export const version = 1;

/** @throws TypeError when a field does not fit: a bug of the writer. */
export function writeFields(layout: Layout, fields: Fields): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [version, layout.kind];
  for (const name of layout.texts) {
    const text = fields.texts[name] ?? "";
    if (!textPattern.test(text)) throw new TypeError(`token: bad text "${text}" for ${name}`);
    bytes.push(text.length);
    for (let at = 0; at < text.length; at++) bytes.push(text.charCodeAt(at));
  }
  for (const [name, width] of layout.numbers) {
    const value = fields.numbers[name] ?? -1;
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** width) {
      throw new TypeError(`token: ${name} ${value}`);
    }
    for (let at = width - 1; at >= 0; at--) bytes.push(Math.floor(value / 256 ** at) % 256);
  }
  return new Uint8Array(bytes);
}

/** @returns undefined unless the bytes, from the third on, are exactly this layout. */
export function readFields(layout: Layout, bytes: Uint8Array): Fields | undefined {
  let at = 2;
  const texts: Record<string, string> = {};
  for (const name of layout.texts) {
    const length = bytes[at] ?? 0;
    const text = String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length));
    if (!textPattern.test(text)) return undefined;
    texts[name] = text;
    at += 1 + length;
  }
  const numbers: Record<string, number> = {};
  for (const [name, width] of layout.numbers) {
    let value = 0;
    for (const end = at + width; at < end; at++) value = value * 256 + (bytes[at] ?? 0);
    numbers[name] = value;
  }
  return at === bytes.length ? { texts, numbers } : undefined;
}

// Branded ids: a plain string that the compiler refuses to mix up with another kind of id.
// New ids are `<prefix>_<22 base62 characters>`: 128 random bits, safe in URLs, told apart in logs.

declare const brand: unique symbol;
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type OnSaleId = Id<"on-sale">;
export type PerformanceId = Id<"performance">;
/** Made by the fan's browser before the first join; the same id is the same place from any tab. */
export type EntryId = Id<"entry">;
export type HoldId = Id<"hold">;
export type OrderId = Id<"order">;
export type TicketId = Id<"ticket">;
export type OperatorId = Id<"operator">;
/** Dense seat number 0…n−1 within a performance; a standing area's places are numbers too. */
export type SeatNumber = number;

const prefixes = {
  "on-sale": "os",
  performance: "pf",
  entry: "qe",
  hold: "hd",
  order: "or",
  ticket: "tk",
  operator: "op",
} as const;
export type IdKind = keyof typeof prefixes;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const bodyLength = 22;

export function newId<Kind extends IdKind>(kind: Kind): Id<Kind> {
  return newIdOf(prefixes[kind]) as Id<Kind>;
}

/** For kinds that the waiting page never sees (after-sale-ids.ts): its bytes are counted. */
export function newIdOf(prefix: string): string {
  // 62/256 is uneven by at most 2 %; 22 characters keep well over 128 bits of entropy anyway.
  const bytes = crypto.getRandomValues(new Uint8Array(bodyLength));
  let body = "";
  for (const byte of bytes) body += alphabet[byte % 62];
  return `${prefix}_${body}`;
}

/** Returns the id if it has the shape of its kind, else undefined. Never throws: input is a stranger's. */
export function parseId<Kind extends IdKind>(kind: Kind, text: unknown): Id<Kind> | undefined {
  return parseIdOf(prefixes[kind], text) as Id<Kind> | undefined;
}

export function parseIdOf(start: string, text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const prefix = `${start}_`;
  if (text.length !== prefix.length + bodyLength || !text.startsWith(prefix)) return undefined;
  return /^[0-9A-Za-z]+$/.test(text.slice(prefix.length)) ? text : undefined;
}

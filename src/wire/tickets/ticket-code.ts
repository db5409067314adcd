// Reading the code on a ticket: what is in the QR, verifiable with the published keys alone. The same
// code runs on the server and, without a network, on a phone at a gate; so no Node here.
//
//   offset 0  version    u8   always 1
//          1  kind       u8   0x54; queue tokens, sessions and admissions have other kinds
//          2  key        u16  which key signed it (big endian, as every number here)
//          4  ticket     22 B the ticket id without its prefix, ASCII
//         26  performance 22 B likewise
//         48  seat       u32
//         52  issued at  u48  ms since 1970
//         58  signature  64 B Ed25519 over every byte before it
//
// in base64url without padding: 163 characters, one spelling per code. A signature says that we issued
// it, not that it still counts: check-in also looks at the list of revocations and at who is inside.

import type { PerformanceId, SeatNumber, TicketId } from "../../foundation/ids.ts";

/** As published; `x` is the 32-byte key in base64url, `kid` is `ticket-<number>`. */
export type TicketKey = { kid: string; x: string };

export type TicketFacts = {
  ticketId: TicketId;
  performanceId: PerformanceId;
  seat: SeatNumber;
  issuedAt: number;
};

export type TicketReading =
  | { kind: "valid"; ticket: TicketFacts }
  | { kind: "malformed" | "unknown-key" | "forged" };

export const ticketCodeVersion = 1;
export const ticketCodeKind = 0x54;
export const ticketFactsLength = 58;
const codeLength = 163;

/** Never throws on what is in the code: codes come from strangers' screens. */
export async function readTicketCode(
  keys: readonly TicketKey[],
  code: unknown,
): Promise<TicketReading> {
  if (typeof code !== "string" || code.length !== codeLength) return { kind: "malformed" };
  const bytes = fromBase64Url(code);
  if (bytes?.[0] !== ticketCodeVersion || bytes[1] !== ticketCodeKind) return { kind: "malformed" };
  const view = new DataView(bytes.buffer);
  const number = view.getUint16(2);
  const key = keys.find(({ kid }) => keyNumber(kid) === number);
  if (key === undefined) return { kind: "unknown-key" };
  const facts = bytes.slice(0, ticketFactsLength);
  if (!(await verifiedBy(key, bytes.slice(ticketFactsLength), facts))) return { kind: "forged" };
  const text = (from: number) => String.fromCharCode(...bytes.slice(from, from + 22));
  return {
    kind: "valid",
    ticket: {
      ticketId: `tk_${text(4)}` as TicketId,
      performanceId: `pf_${text(26)}` as PerformanceId,
      seat: view.getUint32(48),
      issuedAt: view.getUint16(52) * 2 ** 32 + view.getUint32(54),
    },
  };
}

export function keyNumber(kid: string): number | undefined {
  const digits = /^ticket-(\d{1,5})$/.exec(kid)?.[1];
  const number = Number(digits);
  return digits === undefined || number > 0xffff ? undefined : number;
}

export async function verifiedBy(
  key: TicketKey,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await crypto.subtle.verify("Ed25519", await publicKey(key), signature, bytes);
}

/** undefined: not base64url, or not the one spelling that these bytes have. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[0-9A-Za-z_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(plain, (character) => character.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}

function toBase64Url(bytes: Uint8Array): string {
  const plain = btoa(String.fromCharCode(...bytes));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const imported = new Map<string, Promise<CryptoKey>>();

function publicKey({ x }: TicketKey): Promise<CryptoKey> {
  let key = imported.get(x);
  if (key === undefined) {
    const jwk = { kty: "OKP", crv: "Ed25519", x };
    key = crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["verify"]);
    // A handful of keys in a lifetime; the bound is for the case of somebody passing in others.
    if (imported.size < 100) imported.set(x, key);
  }
  return key;
}

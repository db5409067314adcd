// The code on a ticket: what is in the QR, verifiable offline with the published keys alone.
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
// it, not that it still counts: check-in also looks for a live ticket where it can reach us.

import { assert } from "../foundation/assert.ts";
import type { PerformanceId, SeatNumber, TicketId } from "../foundation/ids.ts";

/** As the key store hands it out; `kid` is `ticket-<number>`. */
export type TicketSigner = { kid: string; privateKey: CryptoKey };
/** As published; `x` is the 32-byte key in base64url. */
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

const version = 1;
const kindByte = 0x54;
const factsLength = 58;
const codeLength = 163;

export async function ticketCode(signer: TicketSigner, ticket: TicketFacts): Promise<string> {
  const facts = Buffer.alloc(factsLength);
  facts[0] = version;
  facts[1] = kindByte;
  facts.writeUInt16BE(keyNumber(signer.kid) ?? assertedKey(signer.kid), 2);
  writeId(facts, 4, ticket.ticketId, "tk_");
  writeId(facts, 26, ticket.performanceId, "pf_");
  facts.writeUInt32BE(ticket.seat, 48);
  facts.writeUIntBE(ticket.issuedAt, 52, 6);
  const signature = await crypto.subtle.sign("Ed25519", signer.privateKey, facts);
  return Buffer.concat([facts, new Uint8Array(signature)]).toString("base64url");
}

/** Never throws: codes come from strangers' screens. */
export async function readTicketCode(
  keys: readonly TicketKey[],
  code: unknown,
): Promise<TicketReading> {
  if (typeof code !== "string" || code.length !== codeLength) return { kind: "malformed" };
  const bytes = Buffer.from(code, "base64url");
  if (bytes.toString("base64url") !== code || bytes[0] !== version || bytes[1] !== kindByte)
    return { kind: "malformed" };
  const number = bytes.readUInt16BE(2);
  const key = keys.find(({ kid }) => keyNumber(kid) === number);
  if (key === undefined) return { kind: "unknown-key" };
  const facts = new Uint8Array(bytes.subarray(0, factsLength));
  const signature = new Uint8Array(bytes.subarray(factsLength));
  const verified = await crypto.subtle.verify("Ed25519", await publicKey(key), signature, facts);
  if (!verified) return { kind: "forged" };
  return {
    kind: "valid",
    ticket: {
      ticketId: `tk_${bytes.toString("latin1", 4, 26)}` as TicketId,
      performanceId: `pf_${bytes.toString("latin1", 26, 48)}` as PerformanceId,
      seat: bytes.readUInt32BE(48),
      issuedAt: bytes.readUIntBE(52, 6),
    },
  };
}

function keyNumber(kid: string): number | undefined {
  const digits = /^ticket-(\d{1,5})$/.exec(kid)?.[1];
  const number = Number(digits);
  return digits === undefined || number > 0xffff ? undefined : number;
}

function assertedKey(kid: string): never {
  assert(false, `key ${kid} is not named ticket-0…ticket-65535`);
}

function writeId(bytes: Buffer, at: number, id: string, prefix: string): void {
  const body = id.slice(prefix.length);
  assert(id.startsWith(prefix) && /^[0-9A-Za-z]{22}$/.test(body), `${id} is not a ${prefix} id`);
  bytes.write(body, at, "latin1");
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

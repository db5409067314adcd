// Signs the code on a ticket. Its format, and how it is read, is in wire/tickets/ticket-code.ts. The same facts
// and key give the same code: an issue whose answer was lost is made again with the same tickets.

import { assert } from "../foundation/assert.ts";
import {
  keyNumber,
  ticketCodeKind,
  ticketCodeVersion,
  type TicketFacts,
  ticketFactsLength,
} from "../wire/tickets/ticket-code.ts";

/** As the key store hands it out; `kid` is `ticket-<number>`. */
export type TicketSigner = { kid: string; privateKey: CryptoKey };

export async function ticketCode(signer: TicketSigner, ticket: TicketFacts): Promise<string> {
  const facts = beginCode(ticketFactsLength, ticketCodeKind, signer);
  writeId(facts, 4, ticket.ticketId, "tk_");
  writeId(facts, 26, ticket.performanceId, "pf_");
  facts.writeUInt32BE(ticket.seat, 48);
  facts.writeUIntBE(ticket.issuedAt, 52, 6);
  return await signedCode(signer, facts);
}

/** Version, kind and key: what every code that the ticket key signs begins with. */
export function beginCode(length: number, kind: number, { kid }: TicketSigner) {
  const number = keyNumber(kid);
  assert(number !== undefined, `key ${kid} is not named ticket-0…ticket-65535`);
  const bytes = Buffer.alloc(length);
  bytes[0] = ticketCodeVersion;
  bytes[1] = kind;
  bytes.writeUInt16BE(number, 2);
  return bytes;
}

export async function signedCode(signer: TicketSigner, bytes: Buffer<ArrayBuffer>) {
  const signature = await crypto.subtle.sign("Ed25519", signer.privateKey, bytes);
  return Buffer.concat([bytes, new Uint8Array(signature)]).toString("base64url");
}

export function writeId(bytes: Buffer, at: number, id: string, prefix: string): void {
  const body = id.slice(prefix.length);
  assert(id.startsWith(prefix) && /^[0-9A-Za-z]{22}$/.test(body), `${id} is not a ${prefix} id`);
  bytes.write(body, at, "latin1");
}

// The codes in the links of mails: a buyer's code lets its owner see the order and give tickets back; a
// holder's code lets its owner give a ticket away or have it sent again; an offer's code lets whoever was
// sent it accept. None is in the QR: whoever photographs a
// ticket at the door has its ticket code, and cannot take it over with that.
//
//   version u8, kind u8 (0x42 buyer, 0x48 holder, 0x4f offer), key u16, id 22 B, Ed25519 signature 64 B
//
// in base64url: 120 characters. Made when a mail or a page needs it and stored nowhere; the kind is
// under the signature, so that none can pass for another, or for a ticket.

import type { TransferId } from "../../foundation/after-sale-ids.ts";
import type { OrderId, TicketId } from "../../foundation/ids.ts";
import {
  fromBase64Url,
  keyNumber,
  type TicketKey,
  verifiedBy,
} from "../../wire/tickets/ticket-code.ts";
import { beginCode, signedCode, type TicketSigner, writeId } from "../ticket-code.ts";

const kinds = {
  buyer: { byte: 0x42, prefix: "or_" },
  holder: { byte: 0x48, prefix: "tk_" },
  offer: { byte: 0x4f, prefix: "tf_" },
} as const;
type Kind = keyof typeof kinds;

const factsLength = 26;
const codeLength = 120;

export const buyerCode = (signer: TicketSigner, id: OrderId) => make(signer, "buyer", id);
export const holderCode = (signer: TicketSigner, id: TicketId) => make(signer, "holder", id);
export const offerCode = (signer: TicketSigner, id: TransferId) => make(signer, "offer", id);

export const readBuyerCode = (keys: readonly TicketKey[], code: unknown) =>
  read(keys, "buyer", code) as Promise<OrderId | undefined>;
export const readHolderCode = (keys: readonly TicketKey[], code: unknown) =>
  read(keys, "holder", code) as Promise<TicketId | undefined>;
export const readOfferCode = (keys: readonly TicketKey[], code: unknown) =>
  read(keys, "offer", code) as Promise<TransferId | undefined>;

async function make(signer: TicketSigner, kind: Kind, id: string): Promise<string> {
  const { byte, prefix } = kinds[kind];
  const bytes = beginCode(factsLength, byte, signer);
  writeId(bytes, 4, id, prefix);
  return await signedCode(signer, bytes);
}

async function read(
  keys: readonly TicketKey[],
  kind: Kind,
  code: unknown,
): Promise<string | undefined> {
  const { byte, prefix } = kinds[kind];
  if (typeof code !== "string" || code.length !== codeLength) return undefined;
  const bytes = fromBase64Url(code);
  if (bytes?.[0] !== 1 || bytes[1] !== byte) return undefined;
  const number = new DataView(bytes.buffer).getUint16(2);
  const key = keys.find(({ kid }) => keyNumber(kid) === number);
  if (key === undefined) return undefined;
  const signature = bytes.slice(factsLength);
  if (!(await verifiedBy(key, signature, bytes.slice(0, factsLength)))) return undefined;
  return prefix + String.fromCharCode(...bytes.slice(4, factsLength));
}

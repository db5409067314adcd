// What a holder does with a ticket: look, give it to somebody, take that back, have it mailed again;
// and what the receiver does: look, accept. Each shows a code from a mail (tickets/links), in the body,
// so that no address has it. Keeps: an e-mail address is never answered in full, only to its owner's
// mailbox is anything sent, and a photographed QR can do none of this.

import { z } from "zod";
import { handedTicketId } from "../../domain/ordering/ticket.ts";
import type { Clock } from "../../foundation/clock.ts";
import { newTransferId, type TransferId } from "../../foundation/after-sale-ids.ts";
import type { TicketId } from "../../foundation/ids.ts";
import type { Call, Handler } from "../../http/mount.ts";
import { readJson } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { Holding, TicketHolding } from "../../ports/tickets/ticket-holding.ts";
import {
  holderCode,
  offerCode,
  readHolderCode,
  readOfferCode,
} from "../../tickets/links/link-code.ts";
import { ticketCode, type TicketSigner } from "../../tickets/ticket-code.ts";
import type {
  AcceptedTicket,
  HoldingView,
  OfferedTicket,
  TransferRefusal,
} from "../../wire/contract.ts";
import { pathTo } from "../../wire/routes.ts";
import { refuseCrossSite } from "../guard.ts";
import { idempotencyKey } from "../idempotency.ts";
import type { Sale } from "../sales.ts";
import type { TicketDeps } from "./find-ticket.ts";
import { faceOf } from "./ticket-routes.ts";

const code = z.string().length(120);
const email = z.email("an e-mail address, like fan@example.com").max(254);
const locale = z.enum(["ko", "en"]);
const holderBody = z.object({ holder: code });
const offerBody = holderBody.extend({ email, locale });
const lookBody = z.object({ offer: code });
const acceptBody = lookBody.extend({
  receiver: z.object({ name: z.string().trim().min(1).max(80), email, locale }),
});

/** A ticket goes from friend to friend, not through a market. */
const maxHandovers = 3;
const offerMs = 7 * 86_400_000;

export type HoldingRoutesDeps = Pick<TicketDeps, "sales" | "keys"> & {
  holding: TicketHolding;
  signer: () => TicketSigner;
  clock: Clock;
};
type Names = "ticketHolding" | "ticketOffer" | "ticketAgain" | "offered" | "offeredAccept";

type Held = { found: Holding; sale: Sale };

export function holdingRoutes(deps: HoldingRoutesDeps): Record<Names | "withdraw", Handler> {
  const { holding, clock } = deps;
  const held = async (ticketId: TicketId | undefined): Promise<Held> => {
    const found = ticketId && (await holding.holding(ticketId));
    const sale = found && (await deps.sales.get(found.onSaleId));
    if (!found || !sale) throw new Refusal("not-found");
    return { found, sale };
  };
  const byHolder = async (shown: string) => await held(await readHolderCode(deps.keys(), shown));
  const offered = async (shown: string) => {
    const transferId = await readOfferCode(deps.keys(), shown);
    const transfer = transferId && (await holding.transfer(transferId));
    if (!transfer) throw new Refusal("not-found");
    return { transfer, ...(await held(transfer.ticketId)) };
  };
  const view = async ({ found, sale }: Held): Promise<Response> => {
    const { ticket, offer } = found;
    const body: HoldingView = {
      ticketId: ticket.ticketId,
      state: ticket.state,
      keptBecause: whyKept(found, sale, clock.now()),
      offer: offer && {
        to: masked(offer.to),
        expiresAt: offer.expiresAt,
        url: pathTo("offerPage", { offer: await offerCode(deps.signer(), offer.transferId) }),
      },
      now: clock.now(),
    };
    return json(body);
  };

  return {
    async ticketHolding(call) {
      const body = await read(call, holderBody);
      return await view(await byHolder(body.holder));
    },
    async ticketOffer(call) {
      const body = await read(call, offerBody);
      const { found, sale } = await byHolder(body.holder);
      // A repeat: the ticket is offered to this person already.
      if (found.offer?.to === body.email) return await view({ found, sale });
      refuseKept(whyKept(found, sale, clock.now()));
      const { ticketId } = found.ticket;
      const expiresAt = Math.min(clock.now() + offerMs, sale.performance.startsAt);
      const reply = await holding.offer({
        transferId: newTransferId(),
        ticketId,
        to: body.email,
        locale: body.locale,
        expiresAt,
        maxHandovers,
      });
      if (reply.kind === "refused") refuseKept(reply.reason);
      return await view(await held(ticketId));
    },
    async withdraw(call) {
      const { holder } = await read(call, holderBody);
      const { found } = await byHolder(holder);
      await holding.withdraw(found.ticket.ticketId);
      return await view(await held(found.ticket.ticketId));
    },
    async ticketAgain(call) {
      const key = idempotencyKey(call);
      const { holder } = await read(call, holderBody);
      const { found } = await byHolder(holder);
      if (found.ticket.state !== "live") refuseKept("not-valid");
      const reply = await holding.sendAgain(found.ticket.ticketId, key);
      if (reply.kind === "too-often") throw new Refusal("mail-too-often");
      return json({ kind: "owed", to: masked(found.holder.email) }, 202);
    },
    async offered(call) {
      const { offer } = await read(call, lookBody);
      const { transfer, found, sale } = await offered(offer);
      if (found.offer?.transferId !== transfer.transferId) refuseKept("offer-ended");
      refuseKept(whyNotNow(found, sale, clock.now()));
      const { expiresAt } = transfer;
      const face = faceOf(sale, found.ticket.seat);
      return json({ ...face, expiresAt, now: clock.now() } satisfies OfferedTicket);
    },
    async offeredAccept(call) {
      const body = await read(call, acceptBody);
      const { transfer, found, sale } = await offered(body.offer);
      if (transfer.state === "offered") refuseKept(whyNotNow(found, sale, clock.now()));
      const made = await newTicket(deps, transfer.transferId, found, clock.now());
      const reply = await holding.accept(transfer.transferId, made, body.receiver);
      if (reply.kind === "refused") throw refusalOf(reply.reason);
      const { ticketId, code: issued } = reply.ticket;
      const holder = await holderCode(deps.signer(), ticketId);
      const url = `${pathTo("ticketPage", { code: issued })}#h=${holder}`;
      return json({ url } satisfies AcceptedTicket);
    },
  };
}

async function read<Schema extends z.ZodType>({ request }: Call, schema: Schema) {
  refuseCrossSite(request);
  return await readJson(request, schema, 4 * 1024);
}

/** Its id follows from the transfer: an answer that was lost is made again with the same ticket. */
async function newTicket(
  { signer }: HoldingRoutesDeps,
  transferId: TransferId,
  { ticket: { performanceId, seat } }: Holding,
  issuedAt: number,
) {
  const ticketId = handedTicketId(transferId);
  const signed = await ticketCode(signer(), { ticketId, performanceId, seat, issuedAt });
  return { ticketId, code: signed, issuedAt };
}

function whyKept(found: Holding, sale: Sale, now: number): TransferRefusal | undefined {
  if (found.offer !== undefined) return "offer-open";
  return whyNotNow(found, sale, now) ?? (found.handovers < maxHandovers ? undefined : "too-many");
}

function whyNotNow(found: Holding, { onSale, performance }: Sale, now: number) {
  if (onSale.settings.ticketTransfers === false) return "forbidden-by-sale";
  if (found.ticket.state !== "live") return "not-valid";
  if (found.checkedIn) return "checked-in";
  return now < performance.startsAt ? undefined : "begun";
}

function refuseKept(reason: TransferRefusal | undefined): asserts reason is undefined {
  if (reason !== undefined) throw refusalOf(reason);
}

function refusalOf(reason: TransferRefusal): Refusal {
  return new Refusal("transfer-refused", { facts: { reason } });
}

/** Enough to recognise one's own: "ha••••@ex•••". */
function masked(address: string): string {
  const [name = "", host = ""] = address.split("@");
  return `${name.slice(0, 2)}••••@${host.slice(0, 2)}•••`;
}

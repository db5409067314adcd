// A ticket's page reads it by its code, which only its holder has. The published keys and the signed
// list of revocations let a gate verify codes without us.

import type { Bound } from "../../foundation/bounds.ts";
import { parseId, type PerformanceId } from "../../foundation/ids.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Handler } from "../../http/mount.ts";
import { json, publicJson, Refusal } from "../../http/respond.ts";
import type { TicketHolding } from "../../ports/tickets/ticket-holding.ts";
import { signRevocations } from "../../tickets/revocations.ts";
import type { TicketSigner } from "../../tickets/ticket-code.ts";
import { ticketQrSvg } from "../../tickets/ticket-qr.ts";
import type { TicketPage } from "../../wire/contract.ts";
import type { SignedRevocationList } from "../../wire/tickets/revocation-list.ts";
import type { Sale } from "../sales.ts";
import { heldSeat } from "../seats/seats-view.ts";
import { findTicket, type TicketDeps } from "./find-ticket.ts";

export type TicketRoutesDeps = TicketDeps & {
  holding: Pick<TicketHolding, "revoked">;
  signer: () => TicketSigner;
  clock: Clock;
};

const openToAll = { "access-control-allow-origin": "*" };

export function ticketRoutes(deps: TicketRoutesDeps) {
  const revocations = openRevocations(deps);
  const routes: Record<"ticket" | "keys" | "revocations", Handler> = {
    async ticket({ params }) {
      const { ticket, sale } = await findTicket(deps, params.code);
      const body: TicketPage = {
        ticketId: ticket.ticketId,
        state: ticket.state,
        ...faceOf(sale, ticket.seat),
        qrSvg: await ticketQrSvg(ticket.code),
      };
      return json(body);
    },
    keys: () => publicJson({ keys: deps.keys() }, 60, openToAll),
    async revocations({ params }) {
      const performanceId = parseId("performance", params.performanceId);
      if (performanceId === undefined) throw new Refusal("not-found");
      return publicJson(await revocations.of(performanceId), 2, openToAll);
    },
  };
  return { routes, revocations };
}

/** What is printed on a ticket, in both languages. */
export function faceOf(sale: Sale, seat: number): Pick<TicketPage, "performance" | "seat"> {
  const { name, venue, startsAt, timeZone } = sale.performance;
  return {
    performance: { name, venue, startsAt, timeZone },
    seat: { ko: heldSeat(sale, seat, "ko"), en: heldSeat(sale, seat, "en") },
  };
}

export type Revocations = {
  of(performanceId: PerformanceId): Promise<SignedRevocationList>;
  readonly bound: Bound;
};

const keepMs = 1_000;
const maxKept = 200;

/** Signed once a second at most for each performance, however many gates ask. */
function openRevocations({ holding, signer, clock }: TicketRoutesDeps): Revocations {
  const kept = new Map<PerformanceId, { at: number; list: Promise<SignedRevocationList> }>();
  const of: Revocations["of"] = (performanceId) => {
    const found = kept.get(performanceId);
    if (found !== undefined && clock.now() - found.at < keepMs) return found.list;
    if (kept.size >= maxKept) kept.clear();
    const list = holding
      .revoked(performanceId)
      .then((revoked) => signRevocations(signer(), { performanceId, revoked, now: clock.now() }));
    kept.set(performanceId, { at: clock.now(), list });
    list.catch(() => kept.delete(performanceId));
    return list;
  };
  return {
    of,
    get bound() {
      return { size: kept.size, limit: maxKept };
    },
  };
}

// All witnesses of one performance side by side. What could not be reached is undefined, and a check
// that needs it says "not checked" instead of "holds".

import type { Evidence } from "../../ports/reads/evidence.ts";
import type { ProviderPayment } from "../../ports/payment-gateway.ts";
import type { SeatState } from "../../ports/seat-store.ts";
import type { ClientRecord, ServingSample } from "./client-history.ts";

/** Availability as the hot store tells it: paying and held look alike, as for other fans. */
export type HotSeat = Exclude<SeatState, "paying">;

export type CaseFile = Evidence & {
  /** True when no request, saga or sweep was under way while the evidence was read. */
  atRest: boolean;
  ledger: ProviderPayment[] | undefined;
  clients: ClientRecord[] | undefined;
  servingSamples: ServingSample[] | undefined;
  hotSeats: HotSeat[] | undefined;
};

export type Witness = "ledger" | "clients" | "servingSamples" | "hotSeats" | "atRest";

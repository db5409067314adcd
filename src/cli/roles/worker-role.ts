// The worker as a role: the background duties. It serves nobody; its port is for probes and metrics.

import { usualSpans } from "../../purchase/world.ts";
import { composeMails } from "../../tickets/compose-mail.ts";
import { smtpMailer } from "../../tickets/smtp-mailer.ts";
import type { HealthView } from "../../wire/desk-contract.ts";
import { startCanceller } from "../../workers/canceller.ts";
import { startCompleter } from "../../workers/completer.ts";
import { startMender } from "../../workers/mender.ts";
import { type Finding, startReconciler } from "../../workers/reconciler.ts";
import { startRefunder } from "../../workers/refunder.ts";
import { startRelay } from "../../workers/relay.ts";
import { startSweeper } from "../../workers/sweeper.ts";
import type { DutyLeases } from "../../ports/processes/duty-leases.ts";
import type { Turn } from "../../workers/round.ts";
import type { Closing } from "../platform/closing.ts";
import { type Paying, payingBounds } from "./paying.ts";
import { noStreams, type Role, type RoleDeps } from "./role.ts";

const sender = "Usher <tickets@usher.local>";
const maxFindings = 100;

export function openWorkerRole(
  deps: RoleDeps & Paying & { smtpUrl: string },
  closing: Closing,
): Role {
  const { stores, origins, smtpUrl, payments, purchase, refunds, clock, log } = deps;
  const { postgres, hot, epochs } = stores;
  const { orders: store, catalog, seatClaims: claims, outbox } = postgres;
  const mailer = smtpMailer({ url: smtpUrl, from: sender });
  closing.later("mailer", () => mailer.close());
  const compose = composeMails({
    store,
    refunds: postgres.refunds,
    catalog,
    holding: postgres.ticketHolding,
    signer: async () => (await postgres.keys.signing("ticket")).signer,
    publicUrl: origins.shop,
  });
  let books: HealthView["reconciler"] | undefined;
  const report = (findings: readonly Finding[]) => {
    const open = findings.filter(({ kind }) => kind === "contradiction");
    books = { lookedAt: clock.now(), findings: open.slice(0, maxFindings) };
  };
  const turn = turnsOf(postgres.dutyLeases, closing);
  const duties = {
    completer: startCompleter({ store, purchase, log, leaseMs: usualSpans.leaseMs }),
    canceller: startCanceller({
      cancellations: postgres.cancellations,
      store: postgres.refunds,
      log,
      turn,
    }),
    refunder: startRefunder({
      store: postgres.refunds,
      refunds,
      log,
      leaseMs: usualSpans.leaseMs,
    }),
    sweeper: startSweeper({ hot, epochs, claims, catalog, log, turn }),
    mender: startMender({ hot, epochs, claims, catalog, clock, log, turn }),
    relay: startRelay({ outbox, mailer, compose, log }),
    reconciler: startReconciler({ store, gateway: payments, purchase, clock, log, report, turn }),
  };
  for (const [name, duty] of Object.entries(duties)) closing.later(name, () => duty.stop());
  return {
    name: "worker",
    routes: {},
    bounds: () => {
      const { completer, reconciler } = duties;
      return { ...completer.bounds(), ...reconciler.bounds(), ...payingBounds(deps) };
    },
    measures: () => (books === undefined ? {} : { books }),
    endStreams: noStreams,
  };
}

/** A round may take a while, and a worker that dies should not be missed for long. */
const spareMs = 15_000;

function turnsOf(leases: DutyLeases, closing: Closing): Turn {
  const holder = crypto.randomUUID();
  // Before the duties in the list, so after them when they stop: none of them asks for its turn again.
  closing.later("duties given up", () => leases.release(holder));
  return (duty, pauseMs) => leases.hold(duty, holder, pauseMs + spareMs);
}

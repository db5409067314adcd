// What an operator does to an on-sale: open now, pause, resume, close, change the pace. Each can be
// previewed (the same reckoning, nothing applied), names the version it was decided on, and is written
// into the audit with what was before and after. Opening goes the way the clock goes (openOnSale), so
// that the cohort is fixed and drawn the same whoever opens.

import { z } from "zod";
import { type Outlook, outlookOf } from "../../domain/waiting-room/outlook.ts";
import { changePhase, type PhaseRefusal, setPaused } from "../../domain/waiting-room/on-sale.ts";
import { unreachable } from "../../foundation/assert.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import { Refusal } from "../../http/respond.ts";
import type { Catalog, OnSale, Operator, Operators } from "../../ports/catalog.ts";
import type { ActionPreview, DeskSample, SaleAction } from "../../wire/desk-contract.ts";
import { settingsBounds } from "./creating.ts";

const version = z.number().int().min(1);
export const actionBody = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("open"), version }),
  z.object({ kind: z.literal("pause"), version }),
  z.object({ kind: z.literal("resume"), version }),
  z.object({ kind: z.literal("close"), version }),
  z.object({ kind: z.literal("pace"), version, ...settingsBounds }),
]);

export type ActionDeps = {
  catalog: Catalog;
  operators: Operators;
  /** gateway/line-clock.ts, open: fixes the cohort and reveals the seed. */
  openOnSale: (onSale: OnSale) => Promise<OnSale>;
  clock: Clock;
  log: Log;
};

export async function act(
  deps: ActionDeps,
  onSale: OnSale,
  action: SaleAction,
  operator: Operator,
): Promise<OnSale> {
  allow(onSale, action, deps.clock.now());
  const changed = await apply(deps, onSale, action);
  deps.log.info(
    { onSaleId: onSale.onSaleId, action: action.kind, operatorId: operator.operatorId },
    "on-sale changed at the desk",
  );
  await deps.operators.audit({
    operatorId: operator.operatorId,
    action: `on-sale.${action.kind}`,
    subject: onSale.onSaleId,
    detail: { before: stateOf(onSale), after: stateOf(changed) },
  });
  return changed;
}

/** Refuses what the table of phases does not let an operator do, and what was decided on an old state. */
export function allow(onSale: OnSale, action: SaleAction, now: number): void {
  if (action.version !== onSale.version) {
    throw new Refusal("conflict", { facts: { version: onSale.version } });
  }
  const state = { phase: onSale.phase, paused: onSale.paused, changedAt: 0 };
  const refuse = (reason: PhaseRefusal) => {
    throw new Refusal("no-such-step", { facts: { reason, phase: onSale.phase } });
  };
  switch (action.kind) {
    case "open":
    case "close": {
      const to = action.kind === "open" ? "open" : "closed";
      const change = changePhase(state, to, "operator", now);
      if (change.kind === "refused") refuse(change.reason);
      return;
    }
    case "pause":
    case "resume": {
      const change = setPaused(state, action.kind === "pause", now);
      if (change.kind === "refused") refuse(change.reason);
      return;
    }
    case "pace":
      if (onSale.phase === "sold-out" || onSale.phase === "closed") refuse("not-open");
      return;
    default:
      return unreachable(action);
  }
}

async function apply(deps: ActionDeps, onSale: OnSale, action: SaleAction): Promise<OnSale> {
  const { catalog, openOnSale } = deps;
  switch (action.kind) {
    case "open":
      return await openOnSale(onSale);
    case "close":
      return settled(await catalog.setPhase(onSale.onSaleId, onSale.phase, "closed"));
    case "pause":
    case "resume": {
      const change = { paused: action.kind === "pause" };
      return settled(await catalog.update(onSale.onSaleId, onSale.version, change));
    }
    case "pace": {
      const { ratePerSec, maxCapacity } = action;
      const settings = { ...onSale.settings, ratePerSec, maxCapacity };
      return settled(await catalog.update(onSale.onSaleId, onSale.version, { settings }));
    }
    default:
      return unreachable(action);
  }
}

function settled(reply: { kind: "moved" | "updated" | "conflict"; onSale: OnSale }): OnSale {
  if (reply.kind !== "conflict") return reply.onSale;
  throw new Refusal("conflict", { facts: { version: reply.onSale.version } });
}

/** What the audit keeps of an on-sale: everything that an operator can change. */
function stateOf({ phase, paused, version, settings }: OnSale) {
  const { ratePerSec, maxCapacity } = settings;
  return { phase, paused, ratePerSec, maxCapacity, version };
}

export function previewOf(onSale: OnSale, action: SaleAction, live: DeskSample): ActionPreview {
  const { line, seats } = live;
  const { waiting } = line;
  const active = line.turns + line.shoppers;
  const seatsLeft = seats.free + seats.held + seats.paying;
  const outlook = (pace: { ratePerSec: number; maxCapacity: number }): Outlook =>
    outlookOf({
      ratePerSec: pace.ratePerSec,
      maxCapacity: pace.maxCapacity,
      shopMs: onSale.settings.shopMs,
      waiting,
      active,
      seatsLeft,
    });
  const admitsAfter = action.kind !== "pause" && action.kind !== "close";
  const after = outlook(action.kind === "pace" ? action : onSale.settings);
  return {
    kind: action.kind,
    version: onSale.version,
    waiting,
    active,
    holds: seats.holds,
    seatsLeft,
    before: outlook(onSale.settings),
    after: admitsAfter ? after : undefined,
  };
}

// The routes of the hold: choose seats or let the best be chosen, extend, give back.

import { z } from "zod";
import { bestAvailable } from "../../domain/seating/best-available.ts";
import { numbersOf } from "../../domain/seating/plan-index.ts";
import { assert } from "../../foundation/assert.ts";
import { parseId, type SeatNumber } from "../../foundation/ids.ts";
import type { Call, Handler } from "../../http/mount.ts";
import { check, readJson } from "../../http/read-body.ts";
import { json, localeOf, Refusal, refuse } from "../../http/respond.ts";
import type { AreaRequest, AvailabilitySnapshot, Hold, SeatStore } from "../../ports/seat-store.ts";
import type { Epochs } from "../../stores/epochs.ts";
import type { Guard, Shopper } from "../guard.ts";
import type { HoldName, Holds, Refused, Shopping, Taking, Wanted } from "./holds.ts";
import { hashOf, idempotencyKey } from "../idempotency.ts";
import type { Sale } from "../sales.ts";
import { holdView } from "./seats-view.ts";

const count = z.int().min(1).max(20);
const holdBody = z
  .object({
    seats: z.array(z.int().min(0)).max(20).optional(),
    areas: z
      .array(z.object({ area: z.string().max(64), count }))
      .max(5)
      .optional(),
    bestAvailable: z
      .object({
        count,
        category: z.string().max(64).optional(),
        section: z.string().max(64).optional(),
      })
      .optional(),
  })
  .refine(
    (body) => (body.seats?.length ?? 0) + (body.areas?.length ?? 0) > 0 || body.bestAvailable,
    {
      message: "name seats, areas, or ask for bestAvailable",
    },
  );
type HoldBody = z.output<typeof holdBody>;

const bestTries = 6;
const noSeatsTogether: Refused = { kind: "refused", code: "no-seats-together", extra: {} };

export type HoldRoutesDeps = {
  guard: Guard;
  holds: Holds;
  /** Ends the fan's unpaid orders: they list seats that are being given back. */
  cancelDrafts: (shopper: Shopper) => Promise<void>;
  seats: SeatStore;
  epochs: Epochs;
  clock: { now(): number };
};

export function holdRoutes(
  deps: HoldRoutesDeps,
): Record<"take" | "mine" | "extend" | "release", Handler> {
  const { guard, holds, clock } = deps;
  const view = (shopper: Shopper, hold: Hold, { request }: Call, paying = false) =>
    holdView(shopper.sale, { hold, paying, now: clock.now() }, localeOf(request));

  const best = async (
    shopper: Shopping,
    name: HoldName,
    wish: NonNullable<HoldBody["bestAvailable"]>,
  ): Promise<Taking> => {
    for (let attempt = 0; attempt < bestTries; attempt++) {
      const seats = await chooseBest(deps, shopper, wish, attempt);
      const taking = await holds.take(shopper, { ...name, attempt }, { seats, areas: [] });
      // Somebody was faster with this block; the next one is chosen from what is free now.
      if (taking.kind === "held" || taking.code !== "seats-taken") return taking;
    }
    return noSeatsTogether;
  };

  const taking = async (shopper: Shopper, name: HoldName, body: HoldBody): Promise<Taking> => {
    try {
      const shopping = await guard.inShop(shopper);
      refuseUnlessSelling(shopper.sale);
      return body.bestAvailable
        ? await best(shopping, name, body.bestAvailable)
        : await holds.take(shopping, name, wantedOf(shopper.sale, body));
    } catch (error) {
      if (error instanceof Refusal)
        return { kind: "refused", code: error.code, extra: error.extra };
      throw error;
    }
  };

  /**
   * A repeat of what took seats is told again, whatever has become of the fan's place since. Nearly all
   * refusals of a sale are seats that others have, and they must not reach PostgreSQL: whoever has
   * nothing is not looked up.
   */
  const toldBefore = async (
    shopper: Shopper,
    name: HoldName,
    { code, hasNothing = false }: Refused,
  ): Promise<Hold | undefined> => {
    if (code === "idempotency-key-reused" || hasNothing) return undefined;
    if (code === "no-seats-together" && (await holds.of(shopper)) === undefined) return undefined;
    return await holds.answered(shopper, name);
  };

  return {
    async take(call) {
      const key = idempotencyKey(call);
      const shopper = await guard.admitted(call);
      const body = await readJson(call.request, holdBody);
      const name = { key, bodyHash: hashOf(body) };
      const reply = await taking(shopper, name, body);
      const hold = reply.kind === "held" ? reply.hold : await toldBefore(shopper, name, reply);
      if (hold !== undefined) return json(view(shopper, hold, call), 201);
      assert(reply.kind === "refused", "whoever has no hold was refused");
      return refuse(call.request, reply.code, reply.extra);
    },

    async mine(call) {
      const shopper = await guard.shopper(call);
      const found = await holds.of(shopper);
      return json({
        hold: found ? view(shopper, found.hold, call, found.paying) : null,
        now: clock.now(),
      });
    },

    async extend(call) {
      const shopper = await guard.shopper(call);
      const hold = await holds.extend(shopper, holdIdOf(call.params));
      return json(view(shopper, hold, call));
    },

    async release(call) {
      const shopper = await guard.shopper(call);
      const text = new URL(call.request.url).searchParams.get("seats");
      const seats = text === null ? undefined : check(seatList, text.split(",").map(seatOf));
      const holdId = holdIdOf(call.params);
      await deps.cancelDrafts(shopper);
      const hold = await holds.release(shopper, holdId, seats);
      return json({ hold: hold ? view(shopper, hold, call) : null, now: clock.now() });
    },
  };
}

/** "" is no seat: `Number` would make it seat 0 and free it. */
const seatOf = (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);
const seatList = z.array(z.int().min(0)).min(1).max(20);

function holdIdOf(params: Record<string, string>) {
  const holdId = parseId("hold", params.holdId);
  if (holdId === undefined) throw new Refusal("no-hold");
  return holdId;
}

function refuseUnlessSelling({ onSale }: Sale): void {
  if (onSale.phase !== "open") throw new Refusal("not-on-sale", { facts: { phase: onSale.phase } });
  if (onSale.paused) throw new Refusal("sale-paused");
}

function wantedOf({ onSale, index }: Sale, body: HoldBody): Wanted {
  const seats = body.seats ?? [];
  const errors: { where: string; what: string }[] = [];
  const seen = new Set<number>();
  for (const [at, seat] of seats.entries()) {
    if (seat >= index.seatCount)
      errors.push({ where: `seats.${at}`, what: `no seat ${seat} in this venue` });
    if (seen.has(seat)) errors.push({ where: `seats.${at}`, what: `seat ${seat} named twice` });
    seen.add(seat);
  }
  const areas: AreaRequest[] = [];
  for (const [at, { area, count: wanted }] of (body.areas ?? []).entries()) {
    const position = index.plan.standingAreas.findIndex(({ key }) => key === area);
    if (position < 0) errors.push({ where: `areas.${at}.area`, what: `no standing area ${area}` });
    else {
      const { start, end } = numbersOf(index, index.plan.sections.length + position);
      areas.push({ first: start, last: end - 1, count: wanted });
    }
  }
  if (errors.length > 0) throw new Refusal("bad-request", { errors });
  const asked = seats.length + areas.reduce((sum, area) => sum + area.count, 0);
  if (asked > onSale.settings.seatsPerHold) {
    throw new Refusal("over-limit", { facts: { limit: onSale.settings.seatsPerHold, has: 0 } });
  }
  return { seats, areas };
}

async function chooseBest(
  { seats, epochs }: HoldRoutesDeps,
  { sale, entryId }: Shopper,
  wish: NonNullable<HoldBody["bestAvailable"]>,
  attempt: number,
): Promise<readonly SeatNumber[]> {
  const { plan } = sale.index;
  if (wish.count > sale.onSale.settings.seatsPerHold) {
    throw new Refusal("over-limit", {
      facts: { limit: sale.onSale.settings.seatsPerHold, has: 0 },
    });
  }
  const category = positionIn(plan.categories, wish.category, "bestAvailable.category");
  const section = positionIn(
    [...plan.sections, ...plan.standingAreas],
    wish.section,
    "bestAvailable.section",
  );
  const snapshot = await epochs.seats(sale.performance.performanceId, (scope) =>
    seats.availability(scope),
  );
  const found = bestAvailable(sale.index, {
    count: wish.count,
    isFree: (seat) => stateIn(snapshot, seat) === 0,
    // Fans who ask at the same moment are offered different, nearly equal seats.
    spread: spreadOf(entryId, attempt),
    ...(category === undefined ? {} : { category }),
    ...(section === undefined ? {} : { section }),
  });
  if (found.kind === "none") throw new Refusal("no-seats-together");
  return found.seats;
}

function positionIn(
  list: readonly { key: string }[],
  key: string | undefined,
  where: string,
): number | undefined {
  if (key === undefined) return undefined;
  const position = list.findIndex((item) => item.key === key);
  if (position < 0)
    throw new Refusal("bad-request", { errors: [{ where, what: `no such key: ${key}` }] });
  return position;
}

export function stateIn({ bits }: AvailabilitySnapshot, seat: SeatNumber): number {
  return ((bits[seat >> 2] ?? 0) >> ((seat & 3) * 2)) & 3;
}

function spreadOf(entryId: string, attempt: number): number {
  return Number(Bun.hash.crc32(`${entryId} ${attempt}`)) % 64;
}

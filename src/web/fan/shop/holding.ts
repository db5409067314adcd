// Holding seats and letting them go: the writes of the shop. Keeps: all or none, by the server; one
// key per wish, kept over the retries of that wish; a seat lost to another is named and answered
// with the nearest equal one, and everything else stays chosen.

import type { HoldBody, HoldView } from "../../../wire/contract.ts";
import type { Problem } from "../../../wire/problems.ts";
import { apiAddress } from "../../site-config.ts";
import { call, newKey, pause, type Reply, serverNow } from "../calls/http.ts";
import { nearestEqual } from "../seat-map/near-seats.ts";
import { choose, nameOfSeat, ownHold, type Shop, tell } from "./shop.ts";

/** What the fan holds, as the box office answers it. */
type OwnHold = { hold: HoldView | null; now: number };

export async function holdChosen(shop: Shop): Promise<void> {
  const areas = [...shop.standing.value].map(([section, count]) => ({
    area: shop.plan.sections[section]?.key ?? "",
    count,
  }));
  const seats = [...shop.chosen.value];
  const body: HoldBody = {
    ...(seats.length > 0 ? { seats } : {}),
    ...(areas.length > 0 ? { areas } : {}),
  };
  await holdBody(shop, body);
}

export async function holdBest(shop: Shop, count: number, category?: string): Promise<void> {
  await holdBody(shop, { bestAvailable: { count, ...(category ? { category } : {}) } });
}

async function holdBody(shop: Shop, body: HoldBody): Promise<void> {
  if (shop.busy.value) return;
  shop.busy.value = "holding";
  shop.notice.value = undefined;
  const reply = await call<HoldView>("POST", apiAddress("holds", { onSaleId: shop.onSaleId }), {
    body,
    idempotencyKey: newKey(),
  });
  shop.busy.value = undefined;
  if (reply.kind === "ok") {
    choose(shop, []);
    shop.standing.value = new Map();
    ownHold(shop, reply.value);
    shop.view.value = "pay";
    return;
  }
  if (reply.kind === "offline") {
    shop.notice.value = { kind: "told", words: shop.words.failed };
    return;
  }
  if (reply.problem.code === "seats-taken") loseSeats(shop, takenSeats(reply.problem));
  else tell(shop, reply.problem);
}

function takenSeats(problem: Problem): number[] {
  const { facts } = problem;
  const list = facts?.["seats"] ?? facts?.["taken"];
  return Array.isArray(list) ? list.filter((n): n is number => Number.isInteger(n)) : [];
}

/** Takes them out of the choice, says which, and looks for the nearest equal of the first. */
export function loseSeats(shop: Shop, lost: readonly number[]): void {
  const gone = lost.filter((n) => shop.chosen.value.includes(n));
  const rest = shop.chosen.value.filter((n) => !gone.includes(n));
  for (const n of gone) {
    // The refusal may be newer than the live seats: this one is surely not free now.
    if (shop.seats.states[n] === 0) shop.seats.states[n] = 1;
  }
  choose(shop, rest);
  const first = gone[0];
  shop.notice.value = {
    kind: "lost",
    seats: gone,
    names: gone.map((n) => nameOfSeat(shop, n)).join(", "),
    offer: first === undefined ? undefined : nearestEqual(shop.seats, first, rest),
  };
}

/** Takes the offered seat and, where more were lost, offers the next. */
export function takeOffer(shop: Shop): void {
  const notice = shop.notice.value;
  if (notice?.kind !== "lost" || notice.offer === undefined) return;
  const chosen = [...shop.chosen.value, notice.offer];
  choose(shop, chosen);
  const rest = notice.seats.slice(1);
  const next = rest[0];
  shop.notice.value =
    next === undefined
      ? undefined
      : {
          kind: "lost",
          seats: rest,
          names: rest.map((n) => nameOfSeat(shop, n)).join(", "),
          offer: nearestEqual(shop.seats, next, chosen),
        };
}

export async function extendHold(shop: Shop): Promise<void> {
  const hold = shop.hold.value;
  if (!hold || shop.busy.value) return;
  shop.busy.value = "extending";
  const { onSaleId } = shop;
  const reply = await call<HoldView>(
    "POST",
    apiAddress("extendHold", { onSaleId, holdId: hold.holdId }),
    { idempotencyKey: newKey() },
  );
  shop.busy.value = undefined;
  if (reply.kind === "ok") {
    ownHold(shop, reply.value);
    shop.notice.value = { kind: "told", words: shop.words.held.extended };
  } else await afterRefusal(shop, reply);
}

/** Without `seats`: all of them. */
export async function releaseSeats(shop: Shop, seats?: readonly number[]): Promise<void> {
  const hold = shop.hold.value;
  if (!hold || shop.busy.value) return;
  shop.busy.value = "releasing";
  const { onSaleId } = shop;
  const all = seats === undefined || seats.length >= hold.seats.length;
  const reply = await call<OwnHold>(
    "DELETE",
    apiAddress("hold", { onSaleId, holdId: hold.holdId }) +
      (all ? "" : `?seats=${seats.join(",")}`),
    { idempotencyKey: newKey() },
  );
  shop.busy.value = undefined;
  if (reply.kind !== "ok") return afterRefusal(shop, reply);
  ownHold(shop, reply.value.hold ?? undefined);
  if (!shop.hold.value) shop.view.value = "map";
}

async function afterRefusal(shop: Shop, reply: Exclude<Reply<unknown>, { kind: "ok" }>) {
  if (reply.kind === "offline") {
    shop.notice.value = { kind: "told", words: shop.words.failed };
    return;
  }
  if (reply.problem.code === "no-hold") return endHold(shop);
  tell(shop, reply.problem);
}

/** What this fan holds, by the server's word: after a reload, a pause, a deadline. */
export async function readHold(shop: Shop): Promise<Reply<OwnHold>> {
  const reply = await call<OwnHold>("GET", apiAddress("holds", { onSaleId: shop.onSaleId }));
  if (reply.kind === "ok") ownHold(shop, reply.value.hold ?? undefined);
  return reply;
}

/** The countdown has reached nought: asks before believing its own clock. */
export async function checkDeadline(shop: Shop): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const reply = await readHold(shop);
    if (reply.kind === "ok" && !reply.value.hold) return endHold(shop);
    const hold = shop.hold.value;
    if (hold && (hold.paying || hold.deadline > serverNow())) return;
    await pause(1000);
  }
}

function endHold(shop: Shop): void {
  ownHold(shop, undefined);
  if (shop.view.value === "pay") shop.view.value = "map";
  shop.notice.value = { kind: "hold-ended" };
}

export async function leaveShop(shop: Shop): Promise<void> {
  shop.busy.value = "leaving";
  const reply = await call("DELETE", apiAddress("shopSession", { onSaleId: shop.onSaleId }), {
    idempotencyKey: newKey(),
  });
  shop.busy.value = undefined;
  if (reply.kind === "ok" || (reply.kind === "problem" && reply.problem.status < 500)) {
    shop.end.value = "left";
  } else shop.notice.value = { kind: "told", words: shop.words.failed };
}

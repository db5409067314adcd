// What a fan's page knows of the venue: seats in the order in which people want them, standing areas,
// and how to read an availability snapshot. Loaded once for the whole crowd, from the public routes.

import type { AvailabilityEvents, OnSaleView, PlanOverview } from "../../../wire/contract.ts";
import type { SectionSeats } from "../../../domain/seating/plan-view.ts";
import type { Random } from "../../../foundation/random.ts";
import { pathTo } from "../../../wire/routes.ts";

export type ShopMap = {
  view: OnSaleView;
  standing: { key: string; first: number; last: number }[];
  /** Seat numbers, the most wanted first: near what everybody looks at. */
  wanted: Int32Array;
};

export async function loadShopMap(origin: string, onSaleId: string): Promise<ShopMap> {
  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(new URL(path, origin));
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  };
  const view = await read<OnSaleView>(pathTo("onSale", { onSaleId }));
  const { planHash } = view;
  const overview = await read<PlanOverview>(pathTo("planOverview", { planHash }));
  const { canvas, focalPoint } = overview;
  const focus = focalPoint ?? { x: canvas.width / 2, y: canvas.height / 2 };
  const seats: { seat: number; far: number }[] = [];
  for (const [section, { kind }] of overview.sections.entries()) {
    if (kind === "standing") continue;
    const path = pathTo("planSection", { planHash, section });
    const { first, xy } = await read<SectionSeats>(path);
    let [x, y] = [0, 0];
    for (let n = 0; n * 2 < xy.length; n++) {
      x += xy[2 * n] ?? 0;
      y += xy[2 * n + 1] ?? 0;
      seats.push({ seat: first + n, far: Math.hypot(x / 10 - focus.x, y / 10 - focus.y) });
    }
  }
  seats.sort((a, b) => a.far - b.far || a.seat - b.seat);
  return {
    view,
    wanted: Int32Array.from(seats, ({ seat }) => seat),
    standing: overview.sections
      .filter(({ kind }) => kind === "standing")
      .map(({ key, first, count }) => ({ key, first, last: first + count - 1 })),
  };
}

/**
 * Free seats as an eager fan picks them: somewhere among the best that are left, side by side in the
 * list of wishes. Hundreds pick from the same few, which is what the rehearsal is for.
 */
export function pickByHand(
  map: ShopMap,
  { bitsBase64 }: AvailabilityEvents["snapshot"],
  count: number,
  random: Random,
): number[] {
  const bits = Buffer.from(bitsBase64, "base64");
  const isFree = (seat: number) => (((bits[seat >> 2] ?? 0) >> ((seat & 3) * 2)) & 3) === 0;
  const best: number[] = [];
  for (const seat of map.wanted) {
    if (isFree(seat)) best.push(seat);
    if (best.length >= eager) break;
  }
  const start = random.below(Math.max(1, best.length - count + 1));
  return best.slice(start, start + count);
}

/** How many of the best seats everybody looks at. */
const eager = 600;

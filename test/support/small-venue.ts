// A hall by rule, for quick simulations: rows of twenty with an aisle in the middle, two categories,
// and a standing area in front.

import type { VenuePlan } from "../../src/domain/seating/venue-plan.ts";

const perRow = 20;

export function smallVenue(seats: number, standing: number): VenuePlan {
  const rows = Array.from({ length: Math.ceil(seats / perRow) }, (_, r) => ({
    key: String(r + 1),
    label: String(r + 1),
    seats: Array.from({ length: Math.min(perRow, seats - r * perRow) }, (_, n) => ({
      label: String(n + 1),
      x: 10 + n * 6 + (n >= perRow / 2 ? 8 : 0),
      y: 60 + r * 9,
      ...(n === perRow / 2 ? { apart: true as const } : {}),
    })),
  }));
  const half = Math.ceil(rows.length / 2);
  const section = (key: string, category: string, of: typeof rows) => ({
    key,
    name: { ko: `${key}구역`, en: `Section ${key}` },
    category,
    rows: of,
  });
  return {
    format: "usher-plan/1",
    name: { ko: "작은 홀", en: "A small hall" },
    canvas: { width: 160, height: 60 + rows.length * 9 + 20 },
    focalPoint: { x: 75, y: 5 },
    categories: [
      { key: "r", name: { ko: "R석", en: "R" }, color: "#db2777" },
      { key: "s", name: { ko: "S석", en: "S" }, color: "#0284c7" },
    ],
    sections: [section("A", "r", rows.slice(0, half)), section("B", "s", rows.slice(half))],
    standingAreas: [
      {
        key: "pit",
        name: { ko: "스탠딩", en: "Standing" },
        category: "r",
        capacity: standing,
        outline: [
          [10, 20],
          [140, 20],
          [140, 50],
          [10, 50],
        ],
      },
    ],
  };
}

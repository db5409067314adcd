// A hall small enough to be sold out by a test: two sections with rows of ten, and a standing area.
// Seats 0…39 are the floor (`front`), 40…59 the balcony (`back`), 60…69 the standing places.

import type { Section, VenuePlan } from "../../src/domain/seating/venue-plan.ts";

const rowLength = 10;

export const smallHall: VenuePlan = {
  format: "usher-plan/1",
  name: { ko: "작은 홀", en: "Small Hall" },
  canvas: { width: 400, height: 300 },
  focalPoint: { x: 200, y: 10 },
  categories: [
    { key: "front", name: { ko: "앞", en: "Front" }, color: "#3b5bdb" },
    { key: "back", name: { ko: "뒤", en: "Back" }, color: "#0b7285" },
  ],
  sections: [
    section({ key: "floor", ko: "플로어", en: "Floor", category: "front", rows: 4, top: 60 }),
    section({ key: "balcony", ko: "발코니", en: "Balcony", category: "back", rows: 2, top: 160 }),
  ],
  standingAreas: [
    {
      key: "standing",
      name: { ko: "스탠딩", en: "Standing" },
      category: "back",
      capacity: 10,
      outline: [
        [100, 220],
        [300, 220],
        [300, 280],
        [100, 280],
      ],
    },
  ],
};

export const smallHallPrices = { front: 150_000, back: 99_000 };
export const smallHallSeats = 70;

type Stand = { key: string; ko: string; en: string; category: string; rows: number; top: number };

function section({ key, ko, en, category, rows, top }: Stand): Section {
  return {
    key,
    name: { ko, en },
    category,
    rows: Array.from({ length: rows }, (_, row) => ({
      key: String(row + 1),
      label: String(row + 1),
      seats: Array.from({ length: rowLength }, (_, seat) => ({
        label: String(seat + 1),
        x: 100 + seat * 20,
        y: top + row * 20,
      })),
    })),
  };
}

// Fetches the geometry of sections: those on the screen first, the nearest to its middle before the
// rest, a few at a time. Keeps: every section is fetched once; a failure is tried again, later each
// time, while the section is still wanted. Geometry never changes under its plan hash, so the
// browser's cache answers for a reload.

import type { SectionSeats } from "../../../wire/contract.ts";
import { type Box, overlaps } from "./camera.ts";
import type { SeatPlan } from "./seat-plan.ts";

const atOnce = 4;
const firstRetryMs = 600;
const longestRetryMs = 10_000;

export type SectionLoader = {
  /** Wants every section that touches the box. */
  want(box: Box): void;
  /** Wants these, whatever is on the screen, before all others. */
  need(sections: readonly number[]): void;
  stop(): void;
};

export function sectionLoader(
  plan: SeatPlan,
  fetchSection: (section: number) => Promise<SectionSeats>,
  arrived: (seats: SectionSeats) => void,
): SectionLoader {
  const asked = new Set<number>();
  const needed = new Set<number>();
  const failures = new Map<number, number>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let wanted: number[] = [];
  let running = 0;
  let stopped = false;

  const fetchOne = async (section: number): Promise<void> => {
    asked.add(section);
    running++;
    try {
      const seats = await fetchSection(section);
      if (!stopped) arrived(seats);
    } catch {
      const failed = (failures.get(section) ?? 0) + 1;
      failures.set(section, failed);
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          asked.delete(section);
          next();
        },
        Math.min(longestRetryMs, firstRetryMs * 2 ** (failed - 1)),
      );
      timers.add(timer);
    } finally {
      running--;
      next();
    }
  };

  const next = (): void => {
    while (!stopped && running < atOnce) {
      const section = [...needed, ...wanted].find((candidate) => !asked.has(candidate));
      if (section === undefined) return;
      void fetchOne(section);
    }
  };

  return {
    want(box) {
      const [x, y] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
      const distance = (section: number): number => {
        const middle = plan.sections[section]?.middle;
        return middle ? Math.hypot(middle.x - x, middle.y - y) : 0;
      };
      wanted = plan.sections
        .filter((section) => section.kind === "seated" && !asked.has(section.number))
        .filter((section) => overlaps(section.box, box))
        .map((section) => section.number)
        .sort((a, b) => distance(a) - distance(b));
      next();
    },
    need(sections) {
      for (const section of sections) {
        if (plan.sections[section]?.kind === "seated") needed.add(section);
      }
      next();
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

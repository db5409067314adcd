// A sound hot store with one fault, of the kind that a hurried adapter has.

import type { HotStore } from "../../../src/ports/hot-store.ts";
import type { QueueStore } from "../../../src/ports/queue-store.ts";
import type { SeatStore } from "../../../src/ports/seat-store.ts";

export type Sabotage = {
  name: string;
  breaks: "queue" | "seats" | "notices";
  /** A case that must be among those that fail. */
  caughtBy: string;
  spoil(store: HotStore): HotStore;
};

export const withQueue = (store: HotStore, change: Partial<QueueStore>): HotStore => ({
  ...store,
  queue: { ...store.queue, ...change },
});

export const withSeats = (store: HotStore, change: Partial<SeatStore>): HotStore => ({
  ...store,
  seats: { ...store.seats, ...change },
});

/** Long enough for whoever came at the same time. */
export const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

// The hot store: queue, seats and notices behind one door. Two adapters (in-process, Redis Cluster),
// one conformance suite (test/conformance), both opened through src/stores/open.ts.
// `seats` changes publish a `seats` notice themselves; nobody else does.

import type { Bounds } from "../foundation/bounds.ts";
import type { NoticeBus } from "./notice-bus.ts";
import type { QueueStore } from "./queue-store.ts";
import type { SeatStore } from "./seat-store.ts";

export type HotStore = {
  readonly kind: "memory" | "redis";
  readonly queue: QueueStore;
  readonly seats: SeatStore;
  readonly notices: NoticeBus;
  /** For the health point; `limitBytes` undefined where the store has no bound of its own. */
  memory(): Promise<{ usedBytes: number; limitBytes: number | undefined }>;
  /** What this process keeps of it or for it, and at most (Y2). */
  bounds: Bounds;
  close(): Promise<void>;
};

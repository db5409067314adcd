// Facts on their way to whoever is connected: a moved frontier, changed seats, an advanced order.
// A notice is a hint, never the truth: it may be lost (the reader then catches up from a version)
// but a subscriber never goes silently deaf.

import type { OnSaleId, OrderId, PerformanceId, SeatNumber } from "../foundation/ids.ts";
import type { Frontier } from "../wire/contract.ts";

export type Notice =
  /** `leaderFence`: of the leader who says so. Who has heard a newer leader does not believe an older. */
  | { kind: "frontier"; onSaleId: OnSaleId; leaderFence: number; frontier: Frontier }
  /**
   * Pairs of seat number and its two-bit state (seat-store.ts), in order; `version` is after the last.
   * They follow on version − changes.length: a reader that is behind it fetches a new snapshot, one
   * that is at `version` or beyond ignores the notice, one in between takes the last ones.
   */
  | {
      kind: "seats";
      performanceId: PerformanceId;
      version: number;
      changes: [SeatNumber, number][];
    }
  | { kind: "order"; orderId: OrderId; version: number };

export type Topic = `frontier:${OnSaleId}` | `seats:${PerformanceId}` | `order:${OrderId}`;

export function topicOf(notice: Notice): Topic {
  switch (notice.kind) {
    case "frontier":
      return `frontier:${notice.onSaleId}`;
    case "seats":
      return `seats:${notice.performanceId}`;
    case "order":
      return `order:${notice.orderId}`;
  }
}

export type NoticeBus = {
  publish(notice: Notice): Promise<void>;
  /** Resolves once notices are being received. The returned function ends it. */
  subscribe(topic: Topic, onNotice: (notice: Notice) => void): Promise<() => Promise<void>>;
};

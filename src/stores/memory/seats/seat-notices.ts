// Seat changes on their way to the notice bus: gathered for a few milliseconds, then sent in one
// notice per performance, in the order in which they happened and none left out, so that version
// minus number of changes is the version before.

import type { PerformanceId, SeatNumber } from "../../../foundation/ids.ts";
import type { Notice } from "../../../ports/notice-bus.ts";
import { limits } from "../../hot/limits.ts";

/** A change is seat × 4 + two-bit state until it is sent: a number, not an object. */
type Gathered = { performanceId: PerformanceId; version: number; changes: number[] };

/** Short against a map's refresh, long against a hold: hundreds of changes share one notice. */
const gatherMs = 5;

export class SeatNotices {
  private readonly deliver: (notice: Notice) => void;
  private readonly open = new Map<PerformanceId, Gathered>();
  private readonly full: Gathered[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deliver: (notice: Notice) => void) {
    this.deliver = deliver;
  }

  changed(performanceId: PerformanceId, seat: SeatNumber, look: number, version: number): void {
    const change = seat * 4 + look;
    const notice = this.open.get(performanceId);
    if (notice === undefined) {
      this.begin({ performanceId, version, changes: [change] });
      return;
    }
    notice.version = version;
    notice.changes.push(change);
    if (notice.changes.length < limits.changesPerNotice) return;
    this.full.push(notice);
    this.open.delete(performanceId);
  }

  /** Everything is new: a notice without changes at a version nobody has makes readers fetch. */
  replaced(performanceId: PerformanceId, version: number): void {
    this.begin({ performanceId, version, changes: [] });
  }

  close(): void {
    clearTimeout(this.timer);
    this.open.clear();
    this.full.length = 0;
  }

  private begin(notice: Gathered): void {
    this.open.set(notice.performanceId, notice);
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.send(), gatherMs);
    // Waiting readers keep the process alive, not an unsent hint.
    this.timer.unref();
  }

  private send(): void {
    this.timer = undefined;
    const notices = [...this.full, ...this.open.values()];
    this.full.length = 0;
    this.open.clear();
    for (const { performanceId, version, changes } of notices) {
      const pairs = changes.map((change): [SeatNumber, number] => [change >> 2, change & 3]);
      this.deliver({ kind: "seats", performanceId, version, changes: pairs });
    }
  }
}

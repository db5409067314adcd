// Seat changes on their way to the notice bus: gathered for a few milliseconds, then sent in one
// notice per performance, in the order in which they happened and none left out, so that version
// minus number of changes is the version before.

import type { PerformanceId, SeatNumber } from "../../../foundation/ids.ts";
import type { Notice } from "../../../ports/notice-bus.ts";
import { limits } from "../limits.ts";

type SeatsNotice = Extract<Notice, { kind: "seats" }>;

/** Short against a map's refresh, long against a hold: hundreds of changes share one notice. */
const gatherMs = 5;

export class SeatNotices {
  private readonly deliver: (notice: Notice) => void;
  private readonly open = new Map<PerformanceId, SeatsNotice>();
  private readonly full: SeatsNotice[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deliver: (notice: Notice) => void) {
    this.deliver = deliver;
  }

  changed(performanceId: PerformanceId, version: number, change: [SeatNumber, number]): void {
    const notice = this.open.get(performanceId);
    if (notice === undefined) {
      this.begin({ kind: "seats", performanceId, version, changes: [change] });
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
    this.begin({ kind: "seats", performanceId, version, changes: [] });
  }

  close(): void {
    clearTimeout(this.timer);
    this.open.clear();
    this.full.length = 0;
  }

  private begin(notice: SeatsNotice): void {
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
    for (const notice of notices) this.deliver(notice);
  }
}

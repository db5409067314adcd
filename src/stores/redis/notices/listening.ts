// One topic that this process listens to: who is to be told, what has been gathered for them, and
// when the channel was last heard.
// Keeps the order of messages; a run of seat changes that follow on each other becomes one notice.

import type { PerformanceId, SeatNumber } from "../../../foundation/ids.ts";
import type { Notice, Topic } from "../../../ports/notice-bus.ts";
import { limits } from "../../hot/limits.ts";
import { seatsNotice, type Told } from "./notice-text.ts";

type Listener = { readonly onNotice: (notice: Notice) => void };

export class Listening {
  readonly topic: Topic;
  readonly channel: string;
  readonly listeners = new Set<Listener>();
  /** Settles once the channel is heard. */
  heard: Promise<void> | undefined;
  /** By performance.now(). */
  lastHeardAt = performance.now();
  probedAt: number | undefined;
  /** The newest version of seats that was told here. */
  version = 0;
  /** What the store said at the last look. */
  storeVersion = 0;
  private gathered: { version: number; changes: [SeatNumber, number][] }[] = [];

  constructor(topic: Topic, channel: string) {
    this.topic = topic;
    this.channel = channel;
  }

  get performanceId(): PerformanceId | undefined {
    const [kind, id] = this.topic.split(":");
    return kind === "seats" ? (id as PerformanceId) : undefined;
  }

  get hasGathered(): boolean {
    return this.gathered.length > 0;
  }

  hear(told: Told): void {
    this.lastHeardAt = performance.now();
    this.probedAt = undefined;
    switch (told.kind) {
      case "probe":
        return;
      case "notice":
        return this.deliver(told.notice);
      case "changes":
        return this.gather(told);
    }
  }

  /** Makes readers that are behind this version fetch the map. */
  catchUp(version: number): void {
    if (version <= this.version) return;
    this.gather({ version, changes: [] });
    this.deliverGathered();
  }

  deliverGathered(): void {
    const { performanceId } = this;
    if (this.gathered.length === 0 || performanceId === undefined) return;
    const notices = this.gathered;
    this.gathered = [];
    for (const one of notices) this.deliver(seatsNotice(performanceId, one));
  }

  private gather({ version, changes }: { version: number; changes: [SeatNumber, number][] }): void {
    this.version = Math.max(this.version, version);
    const last = this.gathered.at(-1);
    const follows = last !== undefined && version - changes.length === last.version;
    if (!follows || last.changes.length + changes.length > limits.changesPerNotice) {
      this.gathered.push({ version, changes });
      return;
    }
    last.version = version;
    last.changes.push(...changes);
  }

  private deliver(notice: Notice): void {
    // A copy: a listener may end its own or another's subscription while it is being called.
    for (const listener of [...this.listeners]) {
      if (!this.listeners.has(listener)) continue;
      try {
        listener.onNotice(notice);
      } catch (bug) {
        // A bug of the subscriber goes to the process edge, and the others still hear.
        queueMicrotask(() => {
          throw bug;
        });
      }
    }
  }
}

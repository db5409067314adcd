// The client of a cluster, but calmer about its slot table. As it comes, each call that meets a dead or
// moved node asks for the table anew, and a subscriber that cannot connect does so again and again
// without a pause: forty new connections a second, to every node, from every process, for as long as an
// election takes, and 20 ms of our one thread for each table. KEEPS: between two questions lies a
// pause; whoever asks meanwhile is answered by the next one.

import { Cluster } from "ioredis";

type Answered = Parameters<Cluster["refreshSlotsCache"]>[0];

/** Short beside an election, which takes a second at least. */
const pauseMs = 100;

export class CalmCluster extends Cluster {
  private askedAt = Number.NEGATIVE_INFINITY;
  private next: ReturnType<typeof setTimeout> | undefined;
  private readonly waiting: NonNullable<Answered>[] = [];

  override refreshSlotsCache(answered?: Answered): void {
    if (answered !== undefined) this.waiting.push(answered);
    if (this.next !== undefined) return;
    const inMs = this.askedAt + pauseMs - performance.now();
    if (inMs <= 0) return this.ask();
    this.next = setTimeout(() => {
      this.next = undefined;
      this.ask();
    }, inMs);
  }

  override disconnect(reconnect?: boolean): void {
    super.disconnect(reconnect);
    if (reconnect !== true) clearTimeout(this.next);
  }

  private ask(): void {
    this.askedAt = performance.now();
    const all = this.waiting.splice(0);
    super.refreshSlotsCache((error) => {
      for (const answered of all) answered(error);
    });
  }
}

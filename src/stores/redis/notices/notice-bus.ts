// Notices over sharded channels. Messages on the way are gathered for a few milliseconds per topic,
// so that a hundred holds are one notice to a reader.
//
// Keeps "never silently deaf": each topic that has been quiet is probed through Redis, and when a
// probe is not heard the connection is replaced. Seats are compared with the version in the store as
// well: a reader that missed changes gets an empty notice at the newest version, and fetches the map.
// Read next: ports/notice-bus.ts, notice-text.ts, listening.ts.

import type { Bound } from "../../../foundation/bounds.ts";
import { Fault } from "../../../foundation/fault.ts";
import { type Notice, type NoticeBus, type Topic, topicOf } from "../../../ports/notice-bus.ts";
import { checkLimit, limits } from "../../hot/limits.ts";
import type { RedisClient } from "../connection.ts";
import { channelOf } from "../keys.ts";
import { Listening } from "./listening.ts";
import { noticeFrom, textOf } from "./notice-text.ts";
import { withDeadline } from "../runner.ts";
import { watchTopics } from "./watch-topics.ts";

export type BusDeps = {
  /** For publishing and for looking at versions. */
  client: RedisClient;
  /** A connection for hearing only: a subscriber may do nothing else. */
  connect(): Promise<RedisClient>;
  prefix: string;
  deadlineMs: number;
};

/** Short against a map's refresh, long against a hold. */
const gatherMs = 5;

export class RedisNoticeBus implements NoticeBus {
  private readonly deps: BusDeps;
  private readonly byChannel = new Map<string, Listening>();
  private subscriptions = 0;
  private ears: Promise<RedisClient> | undefined;
  private gatherTimer: ReturnType<typeof setTimeout> | undefined;
  private stopWatching: (() => void) | undefined;
  private isClosed = false;

  constructor(deps: BusDeps) {
    this.deps = deps;
  }

  async publish(notice: Notice): Promise<void> {
    this.checkOpen();
    const channel = channelOf(this.deps.prefix, topicOf(notice));
    await this.within(this.deps.client.spublish(channel, textOf(notice)), "publish");
  }

  async subscribe(topic: Topic, onNotice: (notice: Notice) => void): Promise<() => Promise<void>> {
    this.checkOpen();
    checkLimit("subscriptions", this.subscriptions + 1, limits.subscriptions);
    const channel = channelOf(this.deps.prefix, topic);
    const listening = this.byChannel.get(channel) ?? new Listening(topic, channel);
    this.byChannel.set(channel, listening);
    const listener = { onNotice };
    listening.listeners.add(listener);
    this.subscriptions++;
    const stop = async () => {
      if (!listening.listeners.delete(listener)) return;
      this.subscriptions--;
      if (listening.listeners.size > 0 || this.byChannel.get(channel) !== listening) return;
      this.byChannel.delete(channel);
      if (this.isClosed || this.ears === undefined) return;
      // Whoever subscribes again at once follows on the same connection, and so comes after this.
      await (await this.ears).sunsubscribe(channel).catch(() => undefined);
    };
    try {
      listening.heard ??= this.hear(channel);
      await listening.heard;
    } catch (error) {
      listening.heard = undefined;
      await stop();
      throw error;
    }
    return stop;
  }

  get bound(): Bound {
    return { size: this.subscriptions, limit: limits.subscriptions };
  }

  close(): void {
    this.isClosed = true;
    this.stopWatching?.();
    clearTimeout(this.gatherTimer);
    for (const listening of this.byChannel.values()) listening.listeners.clear();
    this.byChannel.clear();
    void this.ears?.then(
      (ears) => ears.disconnect(),
      () => undefined,
    );
  }

  private async hear(channel: string): Promise<void> {
    this.ears ??= this.openEars().catch((error: unknown) => {
      this.ears = undefined;
      throw error;
    });
    await this.within((await this.ears).ssubscribe(channel), "subscribe");
    this.stopWatching ??= watchTopics({
      client: this.deps.client,
      prefix: this.deps.prefix,
      topics: () => this.byChannel.values(),
      onDeaf: () => this.replaceEars(),
    });
  }

  private async openEars(): Promise<RedisClient> {
    const ears = await this.deps.connect();
    ears.on("smessage", (channel: string, text: string) => this.take(channel, text));
    if (this.isClosed) ears.disconnect();
    return ears;
  }

  /** A new connection hears everything before the old one goes; both at once only repeat. */
  private async replaceEars(): Promise<void> {
    const former = this.ears;
    const ears = await this.openEars();
    for (const channel of this.byChannel.keys()) {
      await this.within(ears.ssubscribe(channel), "subscribe");
    }
    this.ears = Promise.resolve(ears);
    (await former?.catch(() => undefined))?.disconnect();
    if (this.isClosed) ears.disconnect();
  }

  private take(channel: string, text: string): void {
    const listening = this.byChannel.get(channel);
    const told = noticeFrom(text);
    if (listening === undefined || told === undefined) return;
    listening.hear(told);
    if (!listening.hasGathered || this.gatherTimer !== undefined) return;
    this.gatherTimer = setTimeout(() => {
      this.gatherTimer = undefined;
      for (const one of this.byChannel.values()) one.deliverGathered();
    }, gatherMs);
    // Waiting readers keep the process alive, not an unsent hint.
    this.gatherTimer.unref();
  }

  private async within<Value>(work: Promise<Value>, what: string): Promise<Value> {
    try {
      return await withDeadline(work, this.deps.deadlineMs);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new Fault("hot-store-away", `Redis did not answer (${what}): ${said}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  private checkOpen(): void {
    if (this.isClosed) throw new Fault("hot-store-closed", "the hot store is closed");
  }
}

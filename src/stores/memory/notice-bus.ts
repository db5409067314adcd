// Notices within one process: whoever subscribed is called in the order of publishing. A subscriber
// that throws is a bug of the subscriber: it goes to the process edge, and the others still hear.

import type { Bound } from "../../foundation/bounds.ts";
import { Fault } from "../../foundation/fault.ts";
import { type Notice, type NoticeBus, type Topic, topicOf } from "../../ports/notice-bus.ts";
import { checkLimit, limits } from "../hot/limits.ts";

type Listener = { readonly onNotice: (notice: Notice) => void };

export class MemoryNoticeBus implements NoticeBus {
  private readonly listeners = new Map<Topic, Set<Listener>>();
  private subscriptions = 0;
  private closed = false;

  async publish(notice: Notice): Promise<void> {
    this.checkOpen();
    this.deliver(notice);
  }

  deliver(notice: Notice): void {
    const listeners = this.listeners.get(topicOf(notice));
    if (listeners === undefined) return;
    // A copy: a listener may end its own or another's subscription while it is being called.
    for (const listener of [...listeners]) {
      if (!listeners.has(listener)) continue;
      try {
        listener.onNotice(notice);
      } catch (bug) {
        queueMicrotask(() => {
          throw bug;
        });
      }
    }
  }

  async subscribe(topic: Topic, onNotice: (notice: Notice) => void): Promise<() => Promise<void>> {
    this.checkOpen();
    checkLimit("subscriptions", this.subscriptions + 1, limits.subscriptions);
    const listener: Listener = { onNotice };
    const listeners = this.listeners.get(topic) ?? new Set<Listener>();
    this.listeners.set(topic, listeners.add(listener));
    this.subscriptions++;
    return async () => {
      if (!listeners.delete(listener)) return;
      this.subscriptions--;
      if (listeners.size === 0 && this.listeners.get(topic) === listeners) {
        this.listeners.delete(topic);
      }
    };
  }

  get bound(): Bound {
    return { size: this.subscriptions, limit: limits.subscriptions };
  }

  close(): void {
    this.closed = true;
    for (const listeners of this.listeners.values()) listeners.clear();
    this.listeners.clear();
  }

  private checkOpen(): void {
    if (this.closed) throw new Fault("hot-store-closed", "the in-process hot store is closed");
  }
}

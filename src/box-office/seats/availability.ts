// The live seat map: a versioned snapshot (two bits a seat) and then the changes. One subscription a
// performance however many maps look; a reader that falls behind is closed and begins again with a
// fresh snapshot.

import type { PerformanceId } from "../../foundation/ids.ts";
import { openKept } from "../../foundation/kept/kept.ts";
import type { Bound } from "../../foundation/bounds.ts";
import { openLimitedStreams } from "../../http/live/limited-streams.ts";
import type { Call, Handler } from "../../http/mount.ts";
import { encodeMessage, type LiveStream } from "../../http/live/live-stream.ts";
import { json } from "../../http/respond.ts";
import type { NoticeBus } from "../../ports/notice-bus.ts";
import type { AvailabilitySnapshot, SeatStore } from "../../ports/seat-store.ts";
import type { Epochs } from "../../stores/epochs.ts";
import type { AvailabilityEvents } from "../../wire/contract.ts";
import type { Guard, Shopper } from "../guard.ts";

export type AvailabilityDeps = {
  guard: Guard;
  seats: SeatStore;
  notices: NoticeBus;
  epochs: Epochs;
};

export type Availability = {
  look: Handler;
  live: Handler;
  readonly streams: Bound;
  stop(): Promise<void>;
};

const pingMs = 15_000;
/** Sessions asked about at once: a full shop must not ask the hot store thousands of times in a row. */
const checksAtOnce = 32;
/** A snapshot may be this old when it is handed out; the changes after it follow by version. */
const keepMs = 250;
const maxSnapshots = 1_000;

/** Of one fan: a phone and a laptop, and a tab that was forgotten. */
const maxStreams = 4;

type Room = { streams: Map<LiveStream, Shopper>; unsubscribe: () => Promise<void> };

export function openAvailability(deps: AvailabilityDeps): Availability {
  const limited = openLimitedStreams(maxStreams);
  const rooms = new Map<PerformanceId, Promise<Room>>();
  const snapshots = openKept<PerformanceId, AvailabilitySnapshot>({
    freshMs: keepMs,
    atMostMs: keepMs,
    max: maxSnapshots,
    read: (performanceId) =>
      deps.epochs.seats(performanceId, (scope) => deps.seats.availability(scope)),
  });

  const roomOf = (performanceId: PerformanceId): Promise<Room> => {
    const found = rooms.get(performanceId);
    if (found !== undefined) return found;
    const room = openRoom(deps.notices, performanceId);
    rooms.set(performanceId, room);
    room.catch(() => rooms.delete(performanceId));
    return room;
  };

  /** Keeps the stream of whoever still shops. A store that is away ends nobody's session. */
  const pingOrEnd = async (stream: LiveStream, shopper: Shopper) => {
    const isStill = await deps.guard.isStillShopper(shopper).catch(() => true);
    if (isStill) stream.ping();
    else stream.end();
  };
  const pingAll = async () => {
    for (const room of rooms.values()) {
      const streams = [...(await room).streams];
      for (let at = 0; at < streams.length; at += checksAtOnce) {
        const some = streams.slice(at, at + checksAtOnce);
        await Promise.all(some.map(([stream, shopper]) => pingOrEnd(stream, shopper)));
      }
    }
  };
  const pinging = setInterval(() => {
    // A room that could not be opened has told its own caller.
    void pingAll().catch(() => undefined);
  }, pingMs);

  const live = async (call: Call): Promise<Response> => {
    const shopper = await deps.guard.shopper(call);
    const { performanceId } = shopper.sale.performance;
    const room = await roomOf(performanceId);
    call.longLived();
    const stream = limited.open(shopper.entryId, () => room.streams.delete(stream));
    // Subscribed before the snapshot is read: a change in between comes twice, never not at all.
    room.streams.set(stream, shopper);
    try {
      const view = snapshotView(await snapshots.get(performanceId));
      stream.send(encodeMessage("snapshot", JSON.stringify(view)));
    } catch (error) {
      stream.end();
      throw error;
    }
    return stream.respond();
  };

  return {
    live,
    get streams() {
      return limited.bound;
    },
    async look(call) {
      const { sale } = await deps.guard.shopper(call);
      return json(snapshotView(await snapshots.get(sale.performance.performanceId)));
    },
    async stop() {
      clearInterval(pinging);
      for (const room of rooms.values()) {
        const { streams, unsubscribe } = await room;
        for (const stream of [...streams.keys()])
          stream.end(encodeMessage("reconnect", '{"afterMs":2000}'));
        await unsubscribe();
      }
    },
  };
}

/**
 * Changes go out five times a second, not one by one: at the peak thousands of maps look at hundreds of
 * changes a second. Nothing is left out, because readers count changes to notice a gap.
 */
const gatherMs = 200;

async function openRoom(notices: NoticeBus, performanceId: PerformanceId): Promise<Room> {
  const streams = new Map<LiveStream, Shopper>();
  let pending: AvailabilityEvents["seats"] | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === undefined) return;
    const message = encodeMessage("seats", JSON.stringify(pending));
    pending = undefined;
    for (const stream of [...streams.keys()]) stream.send(message);
  };
  const unsubscribe = await notices.subscribe(`seats:${performanceId}`, (notice) => {
    if (notice.kind !== "seats" || streams.size === 0) return;
    const { version, changes } = notice;
    // A version that does not follow on is a gap: the reader must see it as one.
    if (pending !== undefined && version - changes.length !== pending.version) flush();
    pending = { version, changes: [...(pending?.changes ?? []), ...changes] };
    timer ??= setTimeout(flush, gatherMs);
  });
  return {
    streams,
    unsubscribe: async () => {
      clearTimeout(timer);
      await unsubscribe();
    },
  };
}

function snapshotView(snapshot: AvailabilitySnapshot): AvailabilityEvents["snapshot"] {
  const { version, seatCount, bits } = snapshot;
  return { version, seatCount, bitsBase64: Buffer.from(bits).toString("base64") };
}

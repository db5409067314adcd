// The streams of one on-sale in one gateway process, and who of them hears what at a tick. A tick walks
// the list once (a comparison a stream) and only notes who is owed a word; the words go out in slices
// over the tick, the front of the line first, always the newest document. So a tick never blocks the
// process.
// Read next: cadence.ts (how often), owed.ts, live-hub.ts (who may open a stream, and claiming).

import type { Identity } from "../../domain/waiting-room/identity.ts";
import type { QueueClaims } from "../../domain/waiting-room/queue-token.ts";
import type { EntryId } from "../../foundation/ids.ts";
import type { LiveStream } from "../../http/live/live-stream.ts";
import type { Line } from "../line.ts";
import {
  closeEveryTicks,
  type Crowding,
  farEveryTicks,
  frontAloneMs,
  isDue,
  isFar,
  mayHear,
  repeatEveryTicks,
  slots,
} from "./cadence.ts";
import { openOwed, type Owing } from "./owed.ts";

export type Waiter = Owing & {
  readonly entryId: EntryId;
  readonly index: number;
  readonly identity: Identity | undefined;
  readonly stream: LiveStream;
  /** Whose turn it is among those far back. */
  readonly slot: number;
  /** After the draw it never changes, and is worked out once; -1 before. */
  position: number;
  /** Version of the document heard last, and when, in ms of the crowd's clock. */
  heard: number;
  heardAt: number;
  claiming: boolean;
  /** Where it stands in the list, so that leaving costs nothing. */
  at: number;
};

export type Crowd = {
  readonly size: number;
  /** @param lastSeen the message that it heard last, wherever that was: the same is not said twice. */
  add(waiter: Waiter, lastSeen?: string): void;
  remove(waiter: Waiter): void;
  /** A new frontier: notes who is owed what. */
  tick(line: Line): void;
  /**
   * Sends a part of what is owed.
   * @param passed slices since it was last asked. @returns slices until the next part; 0: nothing is owed.
   */
  slice(passed: number): number;
  all(): readonly Waiter[];
  /** Streams that are to hear the newest document and have not yet. */
  readonly owed: number;
};

/** What is the same for every stream in a tick: `far` and `again` are ticks. */
type Spans = { crowding: Crowding; far: number; again: number | undefined };

export const sliceMs = 20;
/** Those far back are told in so many slices: with their usual wait the last is out before the next tick. */
const backSlices = 28;
/** Bounds one slice to a few milliseconds, however long the front is. */
const frontPerSlice = 500;
/** Fewer are not worth waking for: half of what a word costs is coming back to it. */
const fewestPerSlice = 150;
/** What is taken for punctual follows a clock that is set right by so much a tick. */
const forgetsMs = 1;
/** A sign of life counts fifteen seconds; reported every five, two may be lost. */
const presenceEvery = 5;

export type CrowdDeps = {
  /** A fan near the front is there: the stream is the sign of life. */
  present(line: Line, waiter: Waiter): void;
  /** The fan's turn has come. */
  called(line: Line, waiter: Waiter): void;
};

/** @param now monotonic, in ms. */
export function openCrowd(
  deps: CrowdDeps,
  first: Line,
  now: () => number = () => performance.now(),
): Crowd {
  const waiters: Waiter[] = [];
  const owed = openOwed<Waiter>();
  let backPerSlice = 0;
  let slicesToBack = 0;
  let line = first;
  /** The clock is asked once for a tick, a slice, a stream. */
  const moment = { tick: 0, at: now() };
  let leastAgeMs = Number.POSITIVE_INFINITY;

  const note = (waiter: Waiter) => {
    waiter.heard = line.prepared.version;
    waiter.heardAt = moment.at;
  };

  const send = (waiter: Waiter) => {
    note(waiter);
    waiter.stream.send(line.prepared.message);
  };

  /** How much later than at its best: a clock that is wrong is no lateness, and a slow pacer neither. */
  const lateMs = () => Math.max(0, Date.now() - line.prepared.frontier.now - leastAgeMs);

  const aheadOf = ({ position }: Waiter) =>
    position < 0 ? undefined : position - line.prepared.frontier.serving;

  /** What the stream does for its fan: a sign of life near the front, and the claim. */
  const attend = (waiter: Waiter, isPresenceDue: boolean) => {
    const { phase, poll } = line.prepared.frontier;
    const ahead = aheadOf(waiter);
    if (ahead === undefined || ahead > 2 * poll.near) return;
    if (isPresenceDue) deps.present(line, waiter);
    if (ahead < 0 && phase === "open") deps.called(line, waiter);
  };

  /** Nearly all of a large crowd stand far back, where a tick brings a comparison and nothing else. */
  const visit = (waiter: Waiter, { crowding, far, again }: Spans) => {
    const isDrawnNow = waiter.position < 0 && line.draw !== undefined && locate(line, waiter);
    const { near } = line.prepared.frontier.poll;
    const ahead = aheadOf(waiter);
    const news = waiter.heard !== line.prepared.version;
    if (ahead === undefined || isFar(ahead, near)) {
      const every = news ? far : again;
      if (mayHear(moment, waiter, every)) owed.add(waiter, "back");
      return;
    }
    const every = news ? closeEveryTicks(ahead, near, crowding) : again;
    if (mayHear(moment, waiter, every)) {
      owed.add(waiter, ahead <= near ? "front" : "back");
    }
    attend(waiter, isDrawnNow || isDue(moment.tick, waiter.slot, presenceEvery));
  };

  return {
    get size() {
      return waiters.length;
    },
    get owed() {
      return owed.of("front") + owed.of("back");
    },
    all: () => waiters,
    add(waiter, lastSeen) {
      moment.at = now();
      waiter.at = waiters.length;
      waiters.push(waiter);
      locate(line, waiter);
      if (lastSeen === line.prepared.messageId) {
        note(waiter);
        // The answer's head goes out with its first bytes.
        waiter.stream.ping();
      } else send(waiter);
      attend(waiter, true);
    },
    remove(waiter) {
      owed.drop(waiter);
      const last = waiters.pop();
      if (last === undefined || last === waiter) return;
      waiters[waiter.at] = last;
      last.at = waiter.at;
    },
    tick(next) {
      const isBackWaiting = owed.of("back") > 0;
      const everyone = stateOf(next) !== stateOf(line);
      line = next;
      moment.tick++;
      moment.at = now();
      leastAgeMs = Math.min(leastAgeMs + forgetsMs, Date.now() - line.prepared.frontier.now);
      const crowding = { crowd: waiters.length, everyone, lateMs: lateMs() };
      const spans = {
        crowding,
        far: farEveryTicks(crowding),
        again: repeatEveryTicks(crowding, isBackWaiting),
      };
      // A claim may end a stream meanwhile and move another one into its place: that one waits a tick.
      for (let nth = 0; nth < waiters.length; nth++) {
        visit(waiters[nth] as Waiter, spans);
      }
      // Who waits already has let the front go first, but not of what concerns everybody.
      if (!isBackWaiting || everyone) {
        const walked = { ...crowding, lateMs: lateMs() };
        slicesToBack = Math.max(slicesToBack, Math.round(frontAloneMs(walked) / sliceMs));
      }
      const spread = Math.ceil(owed.of("back") / backSlices);
      // What waits since the tick before goes on as it began: ever smaller parts would never end.
      backPerSlice = Math.max(isBackWaiting ? backPerSlice : fewestPerSlice, spread);
    },
    slice(passed) {
      moment.at = now();
      owed.take("front", frontPerSlice, send);
      slicesToBack -= passed;
      if (slicesToBack <= 0 && passed > 0) owed.take("back", backPerSlice, send);
      if (owed.of("front") > 0) return 1;
      return owed.of("back") > 0 ? Math.max(1, slicesToBack) : 0;
    },
  };
}

export function newWaiter(
  { entryId, index, identity }: Pick<QueueClaims, "entryId" | "index" | "identity">,
  stream: LiveStream,
): Waiter {
  const slot = Math.floor(Math.random() * slots);
  const told = { position: -1, heard: -1, heardAt: 0, owed: undefined, claiming: false };
  return { entryId, index, identity, stream, slot, ...told, at: -1 };
}

/** @returns whether the draw has given it a position. */
function locate({ draw }: Line, waiter: Waiter): boolean {
  if (draw === undefined) return false;
  waiter.position = draw.positionOf(waiter.index);
  return true;
}

function stateOf({ prepared: { frontier } }: Line): string {
  return `${frontier.phase} ${frontier.paused}`;
}

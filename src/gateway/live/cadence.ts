// When a stream hears of the line again, by how far back its fan stands. Pure. Those near the front are
// told of every change at once; those far back seldom, each in a turn of its own (`slot`), so that no
// tick writes to everybody. Nothing new is not told, except now and then: pages take a long silence
// for a dead stream (silenceMs in wire/waiting.ts), and this is well under it.

/** Streams that one process tells of everything: as many as fit in a tick without being noticed. */
const smallCrowd = 1_000;
/** Streams that take what a process has for them: of so many, those far back hear half as often. */
const largeCrowd = 5_000;
const middleEvery = 5;
const middleWhenLateEvery = 15;
const farEvery = 15;
const farOfManyEvery = 30;
/** Ten times as far as near is the middle: about ten minutes from the front. */
const middleFactor = 10;
/** Ticks, and so seconds, after which a stream hears the same again: proxies cut what is quiet for 60. */
const repeatEvery = 45;
/**
 * Who heard so lately has no need of its slot: of a pause that takes a while to reach everybody, nobody
 * hears twice while others have not heard once.
 */
const freshMs = 5_000;
/** Ticks that are late, and spans that change between two turns, leave nobody in silence for longer. */
const longestMs = 52_000;
/** Slots are dealt in this range: a multiple of every cadence, so that each is spread evenly. */
export const slots = 90;

export type Crowding = {
  /** Streams of the on-sale in this process. */
  crowd: number;
  /** A change of phase or a pause: it concerns everybody at once. */
  everyone: boolean;
  /** How much later than usual this process hears of the tick. */
  lateMs: number;
};

/** So late, it has no processor to spare: those far back are told as seldom as can be. */
const lateAfterMs = 500;
/** "Sold out" is everybody's within five seconds (Q10), and telling those far back takes half of one. */
const backBeginsMs = 4_400;
const frontFirstMs = { usual: 240, everyone: 1_000 };

/**
 * Where most of a large crowd stand, and all of it before the draw.
 * @param ahead places. @param near the frontier's own word.
 */
export function isFar(ahead: number, near: number): boolean {
  return ahead > middleFactor * near;
}

/** Ticks from one news to the next, for those who are far back: the same for all of them in a tick. */
export function farEveryTicks({ crowd, everyone, lateMs }: Crowding): number {
  if (everyone || crowd <= smallCrowd) return 1;
  if (lateMs > lateAfterMs) return repeatEvery;
  return crowd > largeCrowd ? farOfManyEvery : farEvery;
}

/**
 * Ticks until it hears the same again, as a sign of life. undefined: no turn comes, and only the longest
 * silence counts: while a process is behind and some still wait for the newest, whoever has heard it takes
 * nothing from them. Not for longer: those whose turn was left out come due together.
 * @param isOwing words of an earlier tick are still to go out.
 */
export function repeatEveryTicks({ lateMs }: Crowding, isOwing: boolean): number | undefined {
  return isOwing && lateMs > lateAfterMs ? undefined : repeatEvery;
}

/** The same for those who are not: 1 is every tick. */
export function closeEveryTicks(
  ahead: number,
  near: number,
  { crowd, everyone, lateMs }: Crowding,
): number {
  if (everyone || crowd <= smallCrowd) return 1;
  if (ahead <= near) return 1;
  return lateMs > lateAfterMs ? middleWhenLateEvery : middleEvery;
}

/**
 * How long after a tick those far back wait for their word, in ms: by then every process has told its own
 * front. What concerns everybody at once makes every process write to all of its streams; where many are
 * on one machine, those that hear of it last would find the cores taken. Of how much later they may hear
 * than this process, its own lateness is the only sign.
 */
export function frontAloneMs({ crowd, everyone, lateMs }: Crowding): number {
  const isLong = everyone && crowd > largeCrowd;
  const firstMs = isLong ? frontFirstMs.everyone : frontFirstMs.usual;
  const longerMs = isLong ? 2 * lateMs : lateMs;
  return Math.max(firstMs, Math.min(firstMs + longerMs, backBeginsMs - lateMs));
}

export function isDue(tick: number, slot: number, every: number): boolean {
  return (tick + slot) % every === 0;
}

/**
 * Whether it hears in this tick: in a turn of its own, unless it has just heard.
 * @param every of a few ticks or of one: then in every turn. undefined: it has none.
 */
export function mayHear(
  { tick, at }: { tick: number; at: number },
  { slot, heardAt }: { slot: number; heardAt: number },
  every: number | undefined,
): boolean {
  const quietMs = at - heardAt;
  if (quietMs > longestMs) return true;
  if (every === undefined) return false;
  return isDue(tick, slot, every) && (every <= middleEvery || quietMs > freshMs);
}

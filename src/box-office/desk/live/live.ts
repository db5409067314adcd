// The live stream of one on-sale: the history once, then a sample every second, the same bytes for
// every desk that looks on. The numbers are taken also while nobody looks, so that a curve opened in
// a bad moment shows how it came about. Keeps: streams are bounded and end told; a session that ends
// ends its stream within half a minute; a failing store makes a gap and no crash.

import type { Bounds } from "../../../foundation/bounds.ts";
import type { OnSaleId } from "../../../foundation/ids.ts";
import { encodeMessage, type LiveStream, openLive } from "../../../http/live/live-stream.ts";
import { Refusal } from "../../../http/respond.ts";
import type { Catalog, OnSale } from "../../../ports/catalog.ts";
import type { DeskEvents, DeskSample } from "../../../wire/desk-contract.ts";
import { type LiveDeps, type LiveNumbers, openLiveNumbers } from "./live-numbers.ts";

const everyMs = 1_000;
const maxStreams = 200;
/** On-sales followed at once; beyond them a desk still gets numbers when it asks. */
const maxFollowed = 50;
const sessionCheckRounds = 30;

export type DeskLive = {
  readonly numbers: LiveNumbers;
  open(onSale: OnSale, viewer: Viewer): Response;
  bounds: Bounds;
  stop(): Promise<void>;
};
type Viewer = { stillSignedIn: () => Promise<boolean> };
type Watcher = { stream: LiveStream; viewer: Viewer; version: number };

export type DeskLiveDeps = LiveDeps & { catalog: Pick<Catalog, "onSales" | "onSale"> };

type Watchers = Map<OnSaleId, Set<Watcher>>;

export function openDeskLive(deps: DeskLiveDeps): DeskLive {
  const numbers = openLiveNumbers(deps);
  const watchers: Watchers = new Map();
  let rounds = 0;
  let running: Promise<void> | undefined;

  const timer = setInterval(() => {
    // A slow store must not pile rounds up.
    running ??= round(deps, numbers, watchers, ++rounds)
      .catch((error: unknown) => deps.log.warn({ err: String(error) }, "desk round failed"))
      .finally(() => {
        running = undefined;
      });
  }, everyMs);

  return {
    numbers,
    open(onSale, viewer) {
      const { stream } = watch(watchers, onSale, viewer);
      stream.send(encode("history", numbers.history(onSale.onSaleId)));
      // Not waiting for the next second: a page that opens wants its numbers now.
      numbers.sample(onSale).then(
        (sample) => stream.send(encode("live", sample)),
        () => {},
      );
      return stream.respond();
    },
    bounds: () => ({
      desk_streams: { size: everyone(watchers).length, limit: maxStreams },
      desk_numbers: numbers.bound,
    }),
    async stop() {
      clearInterval(timer);
      for (const { stream } of everyone(watchers)) {
        stream.end(encode("reconnect", { afterMs: 2_000 }));
      }
      await running;
    },
  };
}

const everyone = (watchers: Watchers) => [...watchers.values()].flatMap((set) => [...set]);

function watch(watchers: Watchers, { onSaleId, version }: OnSale, viewer: Viewer): Watcher {
  if (everyone(watchers).length >= maxStreams) {
    throw new Refusal("rate-limited", { retryAfterMs: 10_000 });
  }
  const set = watchers.get(onSaleId) ?? new Set<Watcher>();
  watchers.set(onSaleId, set);
  const stream = openLive(() => {
    set.delete(watcher);
    if (set.size === 0 && watchers.get(onSaleId) === set) watchers.delete(onSaleId);
  });
  const watcher: Watcher = { stream, viewer, version };
  set.add(watcher);
  return watcher;
}

/** One second: a sample of every on-sale that runs or is looked at, told to whoever looks. */
async function round(
  { catalog, log }: DeskLiveDeps,
  numbers: LiveNumbers,
  watchers: Watchers,
  rounds: number,
): Promise<void> {
  const followed = (await catalog.onSales()).filter(
    ({ onSaleId, phase }) => phase === "open" || phase === "pre-queue" || watchers.has(onSaleId),
  );
  await Promise.all(
    followed.slice(0, maxFollowed).map(async (onSale) => {
      try {
        tell(watchers.get(onSale.onSaleId), onSale.version, await numbers.sample(onSale));
      } catch (error) {
        log.warn({ onSaleId: onSale.onSaleId, err: String(error) }, "no live numbers");
      }
    }),
  );
  if (rounds % sessionCheckRounds === 0) await endSignedOut(everyone(watchers));
}

function tell(set: Set<Watcher> | undefined, version: number, sample: DeskSample): void {
  if (set === undefined) return;
  const message = encode("live", sample);
  for (const watcher of set) {
    if (watcher.version !== version) watcher.stream.send(encode("changed", { version }));
    watcher.version = version;
    watcher.stream.send(message);
  }
}

async function endSignedOut(watchers: readonly Watcher[]): Promise<void> {
  await Promise.all(
    watchers.map(async ({ stream, viewer }) => {
      const stays = await viewer.stillSignedIn().catch(() => true);
      if (!stays) stream.end(encode("signed-out", {}));
    }),
  );
}

function encode<Name extends keyof DeskEvents>(name: Name, payload: DeskEvents[Name]): Uint8Array {
  return encodeMessage(name, JSON.stringify(payload));
}

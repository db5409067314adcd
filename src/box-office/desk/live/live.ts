// The live stream of one on-sale: the history once, then a sample every second, the same bytes for
// every desk that looks on. The numbers are taken also while nobody looks, so that a curve opened in
// a bad moment shows how it came about. Keeps: streams are bounded and end told; a session that ends
// ends its stream within half a minute; a failing store makes a gap and no crash.

import type { OnSaleId } from "../../../foundation/ids.ts";
import { encodeMessage, type LiveStream, openLive } from "../../../http/live.ts";
import { Refusal } from "../../../http/respond.ts";
import type { Catalog, OnSale } from "../../../ports/catalog.ts";
import type { DeskEvents } from "../../../wire/desk-contract.ts";
import { type LiveDeps, type LiveNumbers, openLiveNumbers } from "./live-numbers.ts";

const everyMs = 1_000;
const maxStreams = 200;
/** On-sales followed at once; beyond them a desk still gets numbers when it asks. */
const maxFollowed = 50;
const sessionCheckRounds = 30;

export type DeskLive = {
  readonly numbers: LiveNumbers;
  open(onSale: OnSale, viewer: Viewer): Response;
  stop(): Promise<void>;
};
type Viewer = { signal: AbortSignal; stillSignedIn: () => Promise<boolean> };
type Watcher = { stream: LiveStream; viewer: Viewer; version: number };

export type DeskLiveDeps = LiveDeps & { catalog: Pick<Catalog, "onSales" | "onSale"> };

export function openDeskLive(deps: DeskLiveDeps): DeskLive {
  const numbers = openLiveNumbers(deps);
  const watchers = new Map<OnSaleId, Set<Watcher>>();
  let streams = 0;
  let rounds = 0;
  let running: Promise<void> | undefined;

  const tell = async (onSale: OnSale) => {
    const sample = await numbers.sample(onSale);
    const set = watchers.get(onSale.onSaleId);
    if (set === undefined) return;
    const message = encode("live", sample);
    for (const watcher of set) {
      if (watcher.version !== onSale.version) {
        watcher.stream.send(encode("changed", { version: onSale.version }));
        watcher.version = onSale.version;
      }
      watcher.stream.send(message);
    }
  };

  const round = async () => {
    rounds++;
    const onSales = await deps.catalog.onSales();
    const followed = onSales.filter(
      ({ onSaleId, phase }) => phase === "open" || phase === "pre-queue" || watchers.has(onSaleId),
    );
    await Promise.all(
      followed.slice(0, maxFollowed).map((onSale) =>
        tell(onSale).catch((error: unknown) => {
          deps.log.warn({ onSaleId: onSale.onSaleId, err: String(error) }, "no live numbers");
        }),
      ),
    );
    if (rounds % sessionCheckRounds === 0) await endSignedOut(watchers);
  };

  const timer = setInterval(() => {
    // A slow store must not pile rounds up.
    running ??= round()
      .catch((error: unknown) => deps.log.warn({ err: String(error) }, "desk round failed"))
      .finally(() => {
        running = undefined;
      });
  }, everyMs);

  return {
    numbers,
    open(onSale, viewer) {
      if (streams >= maxStreams) throw new Refusal("rate-limited", { retryAfterMs: 10_000 });
      const { onSaleId, version } = onSale;
      const set = watchers.get(onSaleId) ?? new Set<Watcher>();
      watchers.set(onSaleId, set);
      const stream = openLive({
        signal: viewer.signal,
        onClose: () => {
          if (set.delete(watcher)) streams--;
          if (set.size === 0 && watchers.get(onSaleId) === set) watchers.delete(onSaleId);
        },
      });
      const watcher: Watcher = { stream, viewer, version };
      set.add(watcher);
      streams++;
      stream.send(encode("history", numbers.history(onSaleId)));
      // Not waiting for the next second: a page that opens wants its numbers now.
      numbers.sample(onSale).then(
        (sample) => stream.send(encode("live", sample)),
        () => {},
      );
      return stream.response;
    },
    async stop() {
      clearInterval(timer);
      for (const set of watchers.values()) {
        for (const { stream } of [...set]) stream.end(encode("reconnect", { afterMs: 2_000 }));
      }
      await running;
    },
  };
}

async function endSignedOut(watchers: Map<OnSaleId, Set<Watcher>>): Promise<void> {
  const all = [...watchers.values()].flatMap((set) => [...set]);
  await Promise.all(
    all.map(async ({ stream, viewer }) => {
      const stays = await viewer.stillSignedIn().catch(() => true);
      if (!stays) stream.end(encode("signed-out", {}));
    }),
  );
}

function encode<Name extends keyof DeskEvents>(name: Name, payload: DeskEvents[Name]): Uint8Array {
  return encodeMessage(name, JSON.stringify(payload));
}

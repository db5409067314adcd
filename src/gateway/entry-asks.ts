// How often one queue entry asks this process, whatever it asks: status, stream, claim, a repeated join. A
// page asks twice a second at most, and only at the front; a script that asks without a pause is told when
// to come again, and its place is kept. The network's limits do not see it: a carrier has thousands behind
// one address, and a botnet has a thousand addresses for one place.
//
// On the path of every poll, so it costs no more than an array: two bytes for each place, by index, begun
// anew with each span. An index is believed because the queue token was (places.ts), so a stranger can make
// nothing grow. Over all processes the store counts what it is asked anyway (ports/queue-store.ts).

import type { OnSaleId } from "../foundation/ids.ts";
import type { Bounds } from "../foundation/bounds.ts";
import { Refusal } from "../http/respond.ts";
import type { EntryShare } from "../ports/queue-store.ts";

/** What two bytes can count. */
export const mostAsks = 65_535;
/** Of one line. Of longer lines, two places so far apart share a count. */
const mostPlaces = 2 ** 24;
const fewestPlaces = 1_024;
/** Of all lines of a process; beyond it, who asks is counted no more until the span is over. */
const mostOfAll = 8 * mostPlaces;

export type EntryAsks = {
  /** Counts one; throws the refusal `asked-too-often` for one too many. */
  count(onSaleId: OnSaleId, index: number): void;
  bounds: Bounds;
};

/** @param now monotonic, in ms. */
export function openEntryAsks(
  share: EntryShare | undefined,
  now: () => number = () => performance.now(),
): EntryAsks {
  let byLine = new Map<OnSaleId, Uint16Array>();
  let kept = 0;
  let endsAt = 0;

  const beginSpan = (at: number, spanMs: number) => {
    byLine = new Map();
    kept = 0;
    endsAt = at + spanMs;
  };
  const grow = (onSaleId: OnSaleId, place: number): Uint16Array | undefined => {
    const small = byLine.get(onSaleId);
    const grown = new Uint16Array(Math.max(fewestPlaces, 2 ** Math.ceil(Math.log2(place + 1))));
    const more = grown.length - (small?.length ?? 0);
    if (kept + more > mostOfAll) return undefined;
    if (small !== undefined) grown.set(small);
    byLine.set(onSaleId, grown);
    kept += more;
    return grown;
  };

  return {
    count(onSaleId, index) {
      if (share === undefined) return;
      const at = now();
      if (at >= endsAt) beginSpan(at, share.spanMs);
      const place = index % mostPlaces;
      let counts = byLine.get(onSaleId);
      if (counts === undefined || place >= counts.length) counts = grow(onSaleId, place);
      if (counts === undefined) return;
      const had = counts[place] as number;
      if (had >= share.asks) throw new Refusal("asked-too-often", { retryAfterMs: endsAt - at });
      counts[place] = had + 1;
    },
    bounds: () => ({ entry_asks: { size: kept, limit: mostOfAll } }),
  };
}

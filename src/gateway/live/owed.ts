// Who is still to hear the newest document: those near the front first, then those further back. A stream
// is owed one word at most, so what is owed is bounded by the streams there are; who has come near
// meanwhile goes over to the front, and who leaves is owed nothing. Read next: crowd.ts.

export type Place = "front" | "back";

/** @property owed where it waits for its word; kept by the list alone. */
export type Owing = { owed: Place | undefined };

export type Owed<Waiter extends Owing> = {
  /** From the front nobody is sent back. */
  add(waiter: Waiter, place: Place): void;
  drop(waiter: Waiter): void;
  /** The next so many of one place, in the order in which they came; each is owed nothing from then on. */
  take(place: Place, count: number, visit: (waiter: Waiter) => void): void;
  of(place: Place): number;
};

export function openOwed<Waiter extends Owing>(): Owed<Waiter> {
  const lists = { front: openList<Waiter>(), back: openList<Waiter>() };
  const sizes = { front: 0, back: 0 };

  const drop = (waiter: Waiter) => {
    if (waiter.owed !== undefined) sizes[waiter.owed]--;
    waiter.owed = undefined;
  };

  return {
    drop,
    add(waiter, place) {
      if (waiter.owed === "front" || waiter.owed === place) return;
      drop(waiter);
      waiter.owed = place;
      sizes[place]++;
      lists[place].waiters.push(waiter);
    },
    take(place, count, visit) {
      const list = lists[place];
      const { waiters } = list;
      for (let taken = 0; taken < count && list.next < waiters.length; list.next++) {
        const waiter = waiters[list.next] as Waiter;
        // It has left, or has gone over to the front.
        if (waiter.owed !== place) continue;
        drop(waiter);
        visit(waiter);
        taken++;
      }
      if (sizes[place] === 0) lists[place] = openList();
    },
    of: (place) => sizes[place],
  };
}

/** @property next the first that is not yet told. */
function openList<Waiter>(): { waiters: Waiter[]; next: number } {
  const waiters: Waiter[] = [];
  return { waiters, next: 0 };
}

// What many ask for and few changes touch, kept for a moment: the one cache of the program. One filler a
// key at a time, however many ask. KEEPS: nothing is handed out that began to be read longer than
// `atMostMs` ago, by the monotonic clock; within that, whoever comes after `freshMs` gets what is there
// while it is read anew. A read that fails costs nobody anything until then; after that it is the
// caller's fault to see. It never holds more than `max` keys.

export type KeptOptions<Key, Value> = {
  read(key: Key): Promise<Value>;
  /** So long it is handed out without another thought. */
  freshMs: number;
  /** So long while it is read anew. Equal to `freshMs`: nobody ever gets an old one. */
  atMostMs: number;
  max: number;
  /** Monotonic, in ms. */
  now?: () => number;
};

export type Kept<Key, Value> = { get(key: Key): Promise<Value> };

type Entry<Value> = {
  /** When reading it began: it may be as old as that. */
  value: { of: Value; asOf: number } | undefined;
  filling: Promise<Value> | undefined;
};

/** No answer may stay longer than this from a change that it does not show. */
export const longestKeptMs = 5_000;

export function openKept<Key, Value>(options: KeptOptions<Key, Value>): Kept<Key, Value> {
  const { read, freshMs, atMostMs, max, now = () => performance.now() } = options;
  const entries = new Map<Key, Entry<Value>>();

  const fill = (key: Key, entry: Entry<Value>): Promise<Value> => {
    const asOf = now();
    const filling = (async () => await read(key))()
      .then((of) => {
        entry.value = { of, asOf };
        return of;
      })
      .finally(() => {
        entry.filling = undefined;
        if (entry.value === undefined) entries.delete(key);
      });
    entry.filling = filling;
    return filling;
  };

  /** The longest kept goes first: a map holds its keys in the order in which they came. */
  const entryOf = (key: Key): Entry<Value> => {
    const found = entries.get(key);
    if (found !== undefined) return found;
    const [oldest] = entries.keys();
    if (entries.size >= max && oldest !== undefined) entries.delete(oldest);
    const entry: Entry<Value> = { value: undefined, filling: undefined };
    entries.set(key, entry);
    return entry;
  };

  return {
    async get(key) {
      const entry = entryOf(key);
      const { value } = entry;
      const ageMs = value === undefined ? Number.POSITIVE_INFINITY : now() - value.asOf;
      if (value !== undefined && ageMs < freshMs) return value.of;
      const filling = entry.filling ?? fill(key, entry);
      if (value === undefined || ageMs >= atMostMs) return await filling;
      // Told to whoever comes when this one is too old; until then nobody waits for it.
      filling.catch(() => {});
      return value.of;
    },
  };
}

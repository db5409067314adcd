// Load from within the process, for what is measured without HTTP: so many calls, so many of them in
// flight at once, and how many that made a second.

/** Calls a second of `count` calls, `inFlight` at once; each is told its number. */
export async function callsPerSec(
  count: number,
  inFlight: number,
  call: (nth: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (count / (performance.now() - startedAt)) * 1_000;
}

/**
 * Calls a second of `count` calls, one after another, with a pause for timers every 500, as in a server
 * between requests.
 */
export async function serialPerSec(
  count: number,
  call: (nth: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  for (let nth = 0; nth < count; nth++) {
    await call(nth);
    if (nth % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return (count / (performance.now() - startedAt)) * 1_000;
}

export async function msOf(call: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

/** How often outcomes of each kind came. */
export function countKinds() {
  const kinds = new Map<string, number>();
  return {
    note: (kind: string) => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1),
    of: (kind: string) => kinds.get(kind) ?? 0,
    toString: () => [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", "),
  };
}

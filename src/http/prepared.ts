// Prepared answers: what is the same for everybody until it changes, handed to Bun as finished bytes. Bun
// answers GET and HEAD of such an address, and "not modified", without entering JavaScript; every other
// method goes on to the handler of the same route, which must give the same answer to a GET as well,
// because an address may be prepared or not at any moment.
// Bun takes prepared answers only together with a new table of routes, and making one takes a millisecond
// or two of everybody's time. So changes are gathered, and there is a limit to how many a second; streams
// and requests that are under way are not touched by it.
// Read next: platform/listen.ts (the table), gateway/polls/frontier-document.ts (what is prepared).

import type { Bounds } from "../foundation/bounds.ts";

export type PreparedAnswer = { body: Uint8Array<ArrayBuffer>; headers: Record<string, string> };

export type Prepared = {
  /** What is to be served from now on, by path; no more than `mostPrepared`. */
  answers(): ReadonlyMap<string, PreparedAnswer>;
  /** `answers` would tell something else now. */
  onChange(listener: () => void): void;
};

/** Each makes the table of routes longer, and a table of hundreds takes tens of milliseconds. */
export const mostPrepared = 32;
/** Several lines that one leader paces change within a moment of each other. */
const gatherMs = 10;
const leastPauseMs = 200;

export type PreparedRoutes = Record<string, { GET: Response }>;

export type Publisher = {
  bounds: Bounds;
  /** The routes to put beside the handlers. */
  routes(): PreparedRoutes;
  /** From here on nothing is prepared: the handlers answer. */
  stop(): void;
};

/** @param put makes the server take `routes()` again. */
export function openPublisher(prepared: Prepared | undefined, put: () => void): Publisher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let putAt = Number.NEGATIVE_INFINITY;
  let isStopped = prepared === undefined;
  let size = 0;
  const publish = () => {
    timer = undefined;
    putAt = performance.now();
    put();
  };
  prepared?.onChange(() => {
    if (isStopped) return;
    const restMs = Math.max(gatherMs, putAt + leastPauseMs - performance.now());
    timer ??= setTimeout(publish, restMs);
  });
  return {
    bounds: () => ({ prepared_answers: { size, limit: mostPrepared } }),
    routes() {
      const answers = isStopped || prepared === undefined ? [] : [...prepared.answers()];
      size = answers.length;
      return Object.fromEntries(
        answers.map(([path, { body, headers }]) => [
          path,
          { GET: new Response(body, { headers }) },
        ]),
      );
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

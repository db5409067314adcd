// Two hooks that most views stand on: something read from the API (again on demand, by interval, and
// when the network is back), and a clock that ticks on the server's time.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../wire/problems.ts";
import type { Answer } from "./calls.ts";
import { clockOffsetMs } from "./page.ts";

export type Loaded<Body> =
  | { kind: "loading" }
  | { kind: "ready"; body: Body; at: number }
  | { kind: "problem"; problem: Problem }
  | { kind: "offline" };

/**
 * Reads now and every `everyMs` while the page is seen. What was read before stays on screen when a
 * later read fails: old numbers beat an empty page, and the top line says that they are old.
 */
export function useLoaded<Body>(
  read: () => Promise<Answer<Body>>,
  key: string,
  everyMs?: number,
): [Loaded<Body>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<Body>>({ kind: "loading" });
  const latest = useRef(read);
  latest.current = read;
  const round = useRef(0);
  const again = () => {
    const own = ++round.current;
    void latest.current().then((answer) => {
      if (own !== round.current) return;
      if (answer.kind === "ok") {
        setLoaded({ kind: "ready", body: answer.body, at: Date.now() });
      } else setLoaded((before) => (before.kind === "ready" ? before : answer));
    });
  };
  useEffect(() => {
    setLoaded({ kind: "loading" });
    again();
    const timer =
      everyMs === undefined
        ? undefined
        : setInterval(() => document.visibilityState === "visible" && again(), everyMs);
    const onReturn = () => again();
    addEventListener("online", onReturn);
    return () => {
      round.current++;
      clearInterval(timer);
      removeEventListener("online", onReturn);
    };
  }, [key]);
  return [loaded, again];
}

/** The server's time, ticking. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + clockOffsetMs.value;
}

// The platform's log, to a file as always, with warnings and errors counted by their words, so that a
// rehearsal can say what the platform complained about.

import { type Log, openLog } from "../../foundation/log.ts";

export type CountedLog = Log & { readonly counts: ReadonlyMap<string, number> };

export function countingLog(file: string): CountedLog {
  const counts = new Map<string, number>();
  const over = (log: Log): Log => {
    const counted = (level: "warn" | "error") => (facts: object, words: string) => {
      const name = `${level}: ${words}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      log[level](facts, words);
    };
    return {
      debug: (facts, words) => log.debug(facts, words),
      info: (facts, words) => log.info(facts, words),
      warn: counted("warn"),
      error: counted("error"),
      child: (facts) => over(log.child(facts)),
    };
  };
  return { ...over(openLog({ level: "info", file })), counts };
}

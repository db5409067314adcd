// The clients' history: what fans were told, kept in memory for the counts and written line by line to
// a file that the checks read. Bounded: beyond the limit only what matters for money and seats is kept,
// and the run says so.

import { closeSync, openSync, writeSync } from "node:fs";
import type { ClientRecord, Told } from "../../../checks/evidence/client-history.ts";
import type { EntryId } from "../../../foundation/ids.ts";
import type { Answer } from "./browser.ts";

export type Teller = (told: Told, answer: Pick<Answer, "sentAt" | "answeredAt">) => void;

export type History = {
  tellerOf(fan: number, entryId: EntryId): Teller;
  /** How often each kind was told, and each refusal by its code. */
  readonly counts: ReadonlyMap<string, number>;
  /** Status records left out because the file was full. */
  readonly leftOut: number;
  /** For whoever reads along. */
  flush(): void;
  close(): void;
};

/** About 400 MB: status lines of a long run; the rest is never left out. */
const maxLines = 3_000_000;
const flushBytes = 256 * 1024;

export function openHistory(path: string): History {
  const file = openSync(path, "w");
  const counts = new Map<string, number>();
  let pending: string[] = [];
  let size = 0;
  let lines = 0;
  let leftOut = 0;
  const flush = () => {
    if (pending.length > 0) writeSync(file, `${pending.join("\n")}\n`);
    pending = [];
    size = 0;
  };
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);

  return {
    counts,
    get leftOut() {
      return leftOut;
    },
    tellerOf: (fan, entryId) => (told, answer) => {
      count(told.kind);
      if (told.kind === "refused" || told.kind === "hold-refused") count(`refused ${told.code}`);
      if (lines >= maxLines && told.kind === "status") {
        leftOut += 1;
        return;
      }
      const { sentAt, answeredAt } = answer;
      const line = JSON.stringify({
        ...told,
        fan,
        entryId,
        sentAt,
        answeredAt,
      } satisfies ClientRecord);
      pending.push(line);
      lines += 1;
      size += line.length;
      if (size > flushBytes) flush();
    },
    flush,
    close() {
      flush();
      closeSync(file);
    },
  };
}

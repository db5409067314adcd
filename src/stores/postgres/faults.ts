// What PostgreSQL and its connection may do to us, as Fault codes that callers can branch on. The
// server's own `detail` is dropped on purpose: it repeats row values, and e-mail addresses must never
// reach a log (Y4). A commit whose answer was lost is `database-away` like any other lost call, so
// every method behind it must be safe to repeat.

import { Fault } from "../../foundation/fault.ts";

/** Codes this room throws; all but the last two may be retried as they are. */
export type DatabaseFaultCode =
  | "database-away"
  | "database-busy"
  | "database-conflict"
  | "database-slow"
  | "database-full"
  | "database-read-only"
  | "database-refused"
  | "database-error";

const connectionErrors = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOENT",
  "CONNECTION_ENDED",
]);

type ServerError = { code?: unknown; constraint?: unknown; table?: unknown; message?: unknown };

export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code, constraint, table, message } = (error ?? {}) as ServerError;
  const state = typeof code === "string" ? code : "";
  const text = typeof message === "string" ? message : String(error);
  const kind = classify(state, text);
  const detail: Record<string, unknown> = { state };
  if (typeof constraint === "string") detail.constraint = constraint;
  if (typeof table === "string") detail.table = table;
  const said = state.startsWith("22") || state.startsWith("23") ? `SQLSTATE ${state}` : text;
  return new Fault(kind.code, `${kind.words}: ${said}`, { retryable: kind.retryable, detail });
}

type Kind = { code: DatabaseFaultCode; words: string; retryable: boolean };

const away: Kind = {
  code: "database-away",
  words: "the database cannot be reached",
  retryable: true,
};
const busy: Kind = { code: "database-busy", words: "the database is overloaded", retryable: true };

function classify(state: string, message: string): Kind {
  if (state === "40001" || state === "40P01" || state === "55P03") {
    return { code: "database-conflict", words: "two writers collided", retryable: true };
  }
  if (state === "57014") {
    return { code: "database-slow", words: "a statement took too long", retryable: true };
  }
  if (state === "53100") {
    return { code: "database-full", words: "the database's disk is full", retryable: true };
  }
  if (state === "25006") {
    const words = "the database is a replica, or a primary that was demoted: it takes no writes";
    return { code: "database-read-only", words, retryable: true };
  }
  if (state.startsWith("53")) return busy;
  if (/^(08|57P|25P03)/.test(state) || connectionErrors.has(state)) return away;
  if (state.startsWith("23")) {
    return {
      code: "database-refused",
      words: "the database refused to break a rule",
      retryable: false,
    };
  }
  if (state === "") {
    if (/timeout exceeded when trying to connect/i.test(message)) return busy;
    if (
      /connection (terminated|ended|error|closed)|not queryable|query read timeout/i.test(message)
    ) {
      return away;
    }
  }
  return { code: "database-error", words: "the database answered with an error", retryable: false };
}

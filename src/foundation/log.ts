// The logger, as the rooms see it: structured, one line an entry, never a secret, a token or an
// e-mail address (Y4). pino does the writing; `redact` is the second line of defence.

import { pino } from "pino";

export type Log = {
  debug(facts: object, words: string): void;
  info(facts: object, words: string): void;
  warn(facts: object, words: string): void;
  error(facts: object, words: string): void;
  child(facts: Record<string, unknown>): Log;
};

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export function openLog(options: { level?: LogLevel; file?: string } = {}): Log {
  const level = options.level ?? "info";
  const settings = {
    level,
    base: undefined,
    redact: {
      paths: [
        "*.token",
        "*.secret",
        "*.password",
        "*.email",
        "*.authorization",
        "*.cookie",
        "token",
        "secret",
        "password",
        "email",
      ],
      censor: "[redacted]",
    },
  };
  return options.file === undefined
    ? pino(settings)
    : pino(settings, pino.destination({ dest: options.file, mkdir: true, sync: false }));
}

export const silentLog: Log = openLog({ level: "silent" });

// The settings that `usher serve` and every role have in common, so that a name means the same wherever
// it is given. Read next: options.ts, role-options.ts.

import { option } from "./options.ts";
import { addressOf, asIs, isOn, listOf, logLevel, originText, wholeNumber } from "./readers.ts";

export const sharedOptions = {
  database: option({
    takes: "<url>",
    says: "the PostgreSQL that is the truth",
    env: "USHER_DATABASE",
    read: addressOf("postgres", "postgresql"),
  }),
  redis: option({
    takes: "<url,…>",
    says: "a Redis for the hot store; several: some nodes of a cluster",
    env: "USHER_REDIS",
    read: listOf(addressOf("redis", "rediss")),
  }),
  "pages-origin": option({
    takes: "<origin,…>",
    says: "other origins that show the waiting page (a CDN)",
    env: "USHER_PAGES_ORIGIN",
    initial: "",
    read: listOf(originText),
  }),
  "pool-size": option({
    takes: "<n>",
    says: "database connections of this process at most",
    env: "USHER_POOL_SIZE",
    initial: "24",
    read: wholeNumber(500, 2),
  }),
} as const;

export const logLevelOption = (whereTo: string) =>
  option({
    takes: "<level>",
    says: `debug, info, warn, error; ${whereTo}`,
    env: "USHER_LOG_LEVEL",
    initial: "info",
    read: logLevel,
  });

export const hostOption = (initial: string, says: string) =>
  option({ takes: "<address>", says, env: "USHER_HOST", initial, read: asIs });

export const helpOption = option({ says: "this text", initial: "false", read: isOn });

// The settings that `usher serve` and every role have in common, so that a name means the same wherever
// it is given. Read next: options.ts, role-options.ts.

import { mostAsks } from "../../gateway/entry-asks.ts";
import { entrySpanMs, type GatewayLimits } from "../../gateway/limits.ts";
import { trustedProxies } from "../../http/caller.ts";
import { option } from "./options.ts";
import { addressOf, asIs, isOn, listOf, logLevel, originText, wholeNumber } from "./readers.ts";

export const sharedOptions = {
  database: option({
    takes: "<url>",
    says: "the PostgreSQL that is the truth",
    env: "USHER_DATABASE",
    read: addressOf("postgres", "postgresql"),
  }),
  replica: option({
    takes: "<url,…>",
    says: "its streaming replicas, to read from; each names one server",
    env: "USHER_REPLICA",
    initial: "",
    read: listOf(addressOf("postgres", "postgresql")),
  }),
  "replica-lag": option({
    takes: "<seconds>",
    says: "a replica further behind is left out until it has caught up",
    env: "USHER_REPLICA_LAG",
    initial: "5",
    read: wholeNumber(3_600, 1),
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
  "trusted-proxies": option({
    takes: "<network,…>",
    says: "proxies that are believed about their callers, like 10.0.0.0/8",
    env: "USHER_TRUSTED_PROXIES",
    initial: "",
    read: (text, name) => trustedProxies(listOf(asIs)(text, name)),
  }),
  "network-joins": option({
    takes: "<n>",
    says: "new places a minute for one network address; 0: any number",
    env: "USHER_NETWORK_JOINS",
    initial: "3000",
    read: wholeNumber(10_000_000),
  }),
  "network-streams": option({
    takes: "<n>",
    says: "streams of one network address in a process; 0: any number",
    env: "USHER_NETWORK_STREAMS",
    initial: "5000",
    read: wholeNumber(10_000_000),
  }),
  "entry-asks": option({
    takes: "<n>",
    says: "answers to one queue entry in ten seconds; 0: any number",
    env: "USHER_ENTRY_ASKS",
    initial: "120",
    read: wholeNumber(mostAsks),
  }),
} as const;

const aMinuteMs = 60_000;

/** What a gateway gives one network and one entry, as it was set. */
export function callerLimits(values: {
  "network-joins": number;
  "network-streams": number;
  "entry-asks": number;
}): Pick<GatewayLimits, "joinsPerNetwork" | "streamsPerNetwork" | "asksPerEntry"> {
  const { "network-joins": joins, "network-streams": streams, "entry-asks": asks } = values;
  return {
    joinsPerNetwork: joins === 0 ? undefined : { joins, spanMs: aMinuteMs },
    streamsPerNetwork: streams === 0 ? Number.POSITIVE_INFINITY : streams,
    asksPerEntry: asks === 0 ? undefined : { asks, spanMs: entrySpanMs },
  };
}

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

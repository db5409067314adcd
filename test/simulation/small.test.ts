// A whole on-sale in small, for every check: 150 places, 200 fans, real HTTP, real PostgreSQL, the real
// provider process, all invariants judged. What a client must never be able to bring about is tried too.

import { expect, test } from "bun:test";
import { settingsFor } from "../../src/cli/rehearsal.ts";
import { rehearse } from "../../src/cli/rehearsal/run.ts";
import { smallVenue } from "../support/small-venue.ts";

test("[S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, Q1, Q2, Q3, Q6, Q7, M1, M4, M5] hold over a small sale", async () => {
  const outcome = await rehearse({
    plan: smallVenue(135, 15),
    fans: 200,
    seed: 7,
    settings: {
      ...settingsFor(200, { rate: "200", capacity: "500" }),
      claimWindowMs: 6_000,
      shopMs: 20_000,
      holdMs: 4_000,
      maxHoldMs: 7_000,
    },
    preQueueMs: 2_000,
    spreadMs: 2_000,
    earlyShare: 0.5,
    sockets: 128,
    limitMs: 12_000,
    settleMs: 40_000,
    postgresSettings: { fsync: "off", synchronous_commit: "off" },
    say: () => {},
  });
  const { verdicts, rest, log } = outcome;
  expect(rest).toEqual({ atRest: true, left: "" });
  for (const { id, result, violations } of verdicts)
    expect({ id, result, violations }).toEqual({ id, result: "holds", violations: [] });
  expect(verdicts.length).toBeGreaterThanOrEqual(26);
  expect(outcome.sold).toBeGreaterThan(20);
  expect(Object.keys(log).filter((words) => words.startsWith("error: bug"))).toEqual([]);
}, 90_000);

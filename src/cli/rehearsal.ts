// `usher rehearsal`: plays a whole on-sale with simulated fans on a platform of its own and ends with a
// verdict over the invariants. Exit codes: 0 all hold, 1 something is broken, 2 not understood.

import { parseArgs } from "node:util";
import { demoArena } from "../domain/seating/demo-arena.ts";
import { importVenue } from "../domain/seating/import/detect.ts";
import { countPlaces, type VenuePlan } from "../domain/seating/venue-plan.ts";
import { Fault } from "../foundation/fault.ts";
import { readSource } from "./import.ts";
import { meanBasket } from "./rehearsal/crowd/arrivals.ts";
import { summaryLine, verdictTable, violationLines } from "./rehearsal/report.ts";
import { rehearse, type RehearsalOptions, type RehearsalOutcome } from "./rehearsal/run.ts";

const options = {
  venue: { type: "string", default: "demo" },
  fans: { type: "string" },
  seed: { type: "string" },
  rate: { type: "string" },
  capacity: { type: "string" },
  "pre-queue": { type: "string", default: "12" },
  spread: { type: "string", default: "45" },
  limit: { type: "string", default: "240" },
  sockets: { type: "string", default: "256" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const help = `usher rehearsal [options]     a whole on-sale with simulated fans, and a verdict

  --venue <demo|file|folder>  what to sell: the demo arena, or a plan that \`usher import\` reads  (demo)
  --fans <n>                  how many come            (a quarter more than there are seats for)
  --seed <n>                  the same seed, the same fans                                 (the time)
  --rate <n>                  admissions a second at most                        (an 80th of the fans)
  --capacity <n>              shoppers at once at most                          (a sixth of the fans)
  --pre-queue <seconds>       before the opening; a third of the fans come then                  (12)
  --spread <seconds>          over which the others come after it, along a real curve            (45)
  --limit <seconds>           after the opening everybody is sent home                          (240)
  --sockets <n>               requests under way at once                                        (256)
  --json                      the outcome as JSON`;

export async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    console.log(help);
    return 0;
  }
  const say = (line: string) => (values.json ? console.error(line) : console.log(line));
  const plan = await venue(values.venue);
  const fans = number("--fans", values.fans, Math.ceil((countPlaces(plan) / meanBasket) * 1.25));
  const seed = number("--seed", values.seed, Date.now() % 1_000_000);
  const outcome = await rehearse({
    plan,
    fans,
    seed,
    settings: settingsFor(fans, values),
    preQueueMs: number("--pre-queue", values["pre-queue"], 12) * 1_000,
    spreadMs: number("--spread", values.spread, 30) * 1_000,
    earlyShare: 0.35,
    sockets: number("--sockets", values.sockets, 256),
    limitMs: number("--limit", values.limit, 240) * 1_000,
    settleMs: 90_000,
    say,
  });
  if (values.json) console.log(JSON.stringify(outcome, null, 2));
  else console.log(inWords(outcome));
  return outcome.kept ? 0 : 1;
}

/** Short holds: who walks away must not keep a rehearsal waiting. */
export function settingsFor(
  fans: number,
  asked: { rate?: string | undefined; capacity?: string | undefined } = {},
): RehearsalOptions["settings"] {
  return {
    ratePerSec: number("--rate", asked.rate, Math.max(20, Math.ceil(fans / 80))),
    maxCapacity: number("--capacity", asked.capacity, Math.max(60, Math.ceil(fans / 6))),
    claimWindowMs: 15_000,
    admissionTokenMs: 30_000,
    shopMs: 60_000,
    holdMs: 30_000,
    maxHoldMs: 60_000,
    seatsPerHold: 4,
    seatsPerFan: 4,
    joinWork: 0,
    accent: "#3b5bdb",
    showSeatsLeft: true,
  };
}

function inWords(outcome: RehearsalOutcome): string {
  const { verdicts, sold, seats, orders, soldOutAfterMs, crowd, log, tookMs, rest } = outcome;
  const told = Object.entries(crowd.counts).map(([name, count]) => `${count} ${name}`);
  const complaints = Object.entries(log).map(([words, count]) => `  ${count}× ${words}`);
  const end =
    soldOutAfterMs === undefined ? "not sold out" : `sold out after ${seconds(soldOutAfterMs)}`;
  return [
    "",
    `${sold} of ${seats} sold in ${orders} orders, ${end}; the rehearsal took ${seconds(tookMs)}`,
    `fans were told: ${told.join(", ")}`,
    ...(complaints.length > 0 ? ["the platform complained:", ...complaints] : []),
    ...(rest.atRest ? [] : [`NOT AT REST: ${rest.left}`]),
    verdictTable(verdicts),
    violationLines(verdicts),
    "",
    summaryLine(verdicts),
  ].join("\n");
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

async function venue(name: string): Promise<VenuePlan> {
  if (name === "demo") return demoArena();
  const outcome = importVenue(await readSource(name));
  if (outcome.kind === "imported") return outcome.plan;
  const [first] = outcome.problems;
  throw new Fault("bad-venue", `${name} is no venue plan: ${first?.path}: ${first?.message}`);
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    throw new Fault(
      "bad-arguments",
      `${error instanceof Error ? error.message : error}\n\n${help}`,
    );
  }
}

function number(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 1_000_000) return value;
  throw new Fault("bad-arguments", `${name} takes a whole number from 1 to 1000000, not ${text}`);
}

// `usher simulate-pacing`: how the line would move over a sale, with the pacer's own arithmetic and a crowd
// that is made up. For trying a rate and a capacity before a sale, and for measuring how true the
// estimated wait is. Exit code 0: told.

import { option, optionLines, readOptions } from "../settings/options.ts";
import { isOn, wholeNumber } from "../settings/readers.ts";
import { helpOption } from "../settings/shared-options.ts";
import { type Assumptions, usualAssumptions as usual } from "./crowd.ts";
import { curveLines } from "./curve.ts";
import { type Simulation, simulate } from "./simulate.ts";

const assumed = <const Initial extends string>(says: string, initial: Initial, most: number) =>
  option({ takes: "<n>", says, initial, read: wholeNumber(most) });

const options = {
  fans: assumed("in the line when it opens", `${usual.fans}`, 5_000_000),
  seats: assumed("seats on sale", `${usual.seats}`, 1_000_000),
  rate: assumed("turns a second, at most", `${usual.ratePerSec}`, 10_000),
  capacity: assumed("fans in the shop, at most", `${usual.maxCapacity}`, 1_000_000),
  "away-percent": assumed("of fans not there when called", `${usual.awayShare * 100}`, 99),
  "no-show-percent": assumed("let their turn lapse", `${usual.noShowShare * 100}`, 99),
  "ghost-percent": assumed("enter and buy nothing", `${usual.ghostShare * 100}`, 99),
  "fail-percent": assumed("of payments fail", `${usual.failShare * 100}`, 100),
  "seats-per-fan": assumed("at most", `${usual.seatsPerFan}`, 50),
  "payments-per-sec": assumed("that the provider takes", `${usual.paymentsPerSec}`, 100_000),
  "actions-per-sec": assumed("from which the shop is slow", `${usual.actionsPerSec}`, 1_000_000),
  seed: assumed("of everything by chance", `${usual.seed}`, 2 ** 31),
  json: option({ says: "every second, for programs", initial: "false", read: isOn }),
  help: helpOption,
} as const;

const help = `usher simulate-pacing [options]

Draws how the line would move over a sale: the pacer's own arithmetic, and a crowd that is made up.

${optionLines(options)}`;

export async function run(args: string[]): Promise<number> {
  const values = readOptions(options, args, {});
  if (values.help) {
    console.log(help);
    return 0;
  }
  const crowd: Assumptions = {
    ...usual,
    fans: values.fans,
    seats: values.seats,
    ratePerSec: values.rate,
    maxCapacity: values.capacity,
    awayShare: values["away-percent"] / 100,
    noShowShare: values["no-show-percent"] / 100,
    ghostShare: values["ghost-percent"] / 100,
    failShare: values["fail-percent"] / 100,
    seatsPerFan: Math.max(1, values["seats-per-fan"]),
    paymentsPerSec: Math.max(1, values["payments-per-sec"]),
    actionsPerSec: Math.max(1, values["actions-per-sec"]),
    seed: values.seed,
  };
  const simulation = simulate(crowd);
  if (values.json) console.log(JSON.stringify({ crowd, ...simulation }));
  else for (const line of [...curveLines(simulation), "", ...saidOf(simulation)]) console.log(line);
  return 0;
}

function saidOf({ seconds, soldOut, told, worstNewsMs }: Simulation): string[] {
  const last = seconds.at(-1);
  const withTurn = told.covered + told.early + told.late;
  const percent = (part: number) => `${((100 * part) / Math.max(1, withTurn)).toFixed(1)} %`;
  return [
    `${soldOut ? "sold out" : "over"} after ${Math.floor(seconds.length / 60)} min ${seconds.length % 60} s; ${last?.sold ?? 0} seats sold, ${last?.waiting ?? 0} fans still waiting`,
    `estimated wait: ${percent(told.covered)} of ${withTurn} told ranges held the true wait; ${percent(told.early)} were called earlier, ${percent(told.late)} later`,
    `                ${told.never} were told a range and never called (no seats left), ${told.unknown} were told that it is unknown`,
    worstNewsMs === undefined
      ? "it was not sold out"
      : `sold out: everybody who polls had heard it ${(worstNewsMs / 1_000).toFixed(1)} s after, at worst`,
  ];
}

// `usher plan`: how large an installation has to be for so many fans and seats, from what the benchmarks
// measured. Exit codes: 0 told, also where figures are missing (the plan says so); what fails is thrown.

import { join } from "node:path";
import { Fault } from "../../foundation/fault.ts";
import { option, optionLines, readOptions } from "../settings/options.ts";
import { asIs, isOn, wholeNumber } from "../settings/readers.ts";
import { helpOption } from "../settings/shared-options.ts";
import { planOf, usualAssumptions as usual } from "./capacity.ts";
import { readMeasured } from "./measured.ts";
import { type Language, reportLines } from "./report.ts";

const resultsFolder = join(import.meta.dir, "../../../bench/results");

const language = (text: string, name: string): Language => {
  if (text === "en" || text === "ko") return text;
  throw new Fault("bad-arguments", `${name} is en or ko, not ${text}`);
};

const assumed = <const Initial extends string>(says: string, initial: Initial, most: number) =>
  option({ takes: "<n>", says, initial, read: wholeNumber(most, 1) });

const options = {
  fans: option({ takes: "<n>", says: "how many come", read: wholeNumber(100_000_000, 1) }),
  seats: option({
    takes: "<n>",
    says: "how many seats there are",
    read: wholeNumber(1_000_000, 1),
  }),
  minutes: assumed("in which they are to be sold", "5", 1_440),
  results: option({ takes: "<folder>", says: "what the benchmarks left", read: asIs }),
  json: option({ says: "for programs", initial: "false", read: isOn }),
  lang: option({ takes: "<en|ko>", says: "language", initial: "en", read: language }),
  "arrival-minutes": assumed("in which the fans arrive", `${usual.arrivalMinutes}`, 1_440),
  "poll-seconds": assumed("between two questions without a stream", `${usual.pollSeconds}`, 3_600),
  "poll-percent": assumed("of fans without a stream", `${usual.pollPercent}`, 100),
  "tries-per-seat": assumed("holds asked for each one sold", `${usual.triesPerSeat}`, 10_000),
  "seats-per-order": assumed("seats of an order", `${usual.seatsPerOrder}`, 100),
  "use-percent": assumed("of a measured capacity", `${usual.usePercent}`, 100),
  "pod-stream-mib": assumed("of a pod for streams", `${usual.podStreamMiB}`, 1_048_576),
  help: helpOption,
} as const;

const help = `usher plan --fans <n> --seats <n> [options]

Capacity from measured figures; what has not been measured is named, not guessed.

${optionLines(options)}`;

export async function run(args: string[]): Promise<number> {
  const values = readOptions(options, args, {});
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { fans, seats, minutes } = values;
  if (fans === undefined || seats === undefined) {
    throw new Fault(
      "bad-arguments",
      "--fans and --seats are needed.\n  mend: usher plan --fans 1000000 --seats 15000",
    );
  }
  const assumptions = {
    arrivalMinutes: values["arrival-minutes"],
    pollSeconds: values["poll-seconds"],
    pollPercent: values["poll-percent"],
    triesPerSeat: values["tries-per-seat"],
    seatsPerOrder: values["seats-per-order"],
    usePercent: values["use-percent"],
    podStreamMiB: values["pod-stream-mib"],
  };
  const measured = readMeasured(values.results ?? resultsFolder);
  const plan = planOf({ fans, seats, minutes }, assumptions, measured);
  if (values.json) console.log(JSON.stringify(plan, undefined, 2));
  else for (const line of reportLines(plan, values.lang)) console.log(line);
  return 0;
}

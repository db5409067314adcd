// `usher check-invariants`: judges the sales of an existing database. Reads only, in one snapshot a
// performance, so it may run beside a sale; what must be at rest is judged with --at-rest alone.
// Exit codes: 0 nothing is broken, 1 something is, 2 not understood.

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { allChecks } from "../checks/all-checks.ts";
import { runChecks, type Verdict } from "../checks/check.ts";
import type { CaseFile } from "../checks/evidence/case-file.ts";
import { parseHistory } from "../checks/evidence/client-history.ts";
import { Fault } from "../foundation/fault.ts";
import { systemClock } from "../foundation/clock.ts";
import { readSandboxKeys } from "../payments/sandbox/keys.ts";
import { openPayments, type PaymentsConfig } from "../payments/payments-config.ts";
import { openEvidence } from "../stores/open.ts";
import { readOptions } from "./settings/options.ts";
import { paymentOptions, paymentsConfig } from "./settings/payment-options.ts";
import { summaryLine, verdictTable, violationLines } from "./rehearsal/report.ts";

const options = {
  database: { type: "string" },
  performance: { type: "string" },
  "at-rest": { type: "boolean", default: false },
  history: { type: "string" },
  provider: { type: "string" },
  "provider-data": { type: "string" },
  payments: { type: "string", default: "sandbox" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const help = `usher check-invariants --database <url> [options]     reads only

  --performance <id>        only this one                          (every performance)
  --at-rest                 nothing is under way: judge what holds only then
  --provider <origin>       the sandbox provider, for its ledger; with
  --provider-data <folder>  the folder that its keys are in
  --payments <provider>     stripe or toss instead, with the keys that usher serve reads
  --history <file>          what the clients of a rehearsal were told (clients.ndjson)
  --json                    the verdicts as JSON`;

export async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.database === undefined)
    throw new Fault("bad-arguments", `--database says which one to judge\n\n${help}`);
  const reader = openEvidence(values.database);
  try {
    const witnesses = await witnessesOf(values);
    const all = await reader.performances();
    const wanted = all.filter(
      ({ performanceId }) => (values.performance ?? performanceId) === performanceId,
    );
    if (wanted.length === 0) throw new Fault("nothing-to-check", "there is no such performance");
    const judged: { performanceId: string; name: string; verdicts: Verdict[] }[] = [];
    for (const { performanceId, name } of wanted) {
      const evidence = await reader.read(performanceId);
      if (evidence === undefined) continue;
      const verdicts = await runChecks(allChecks, { ...evidence, ...witnesses });
      judged.push({ performanceId, name, verdicts });
    }
    if (values.json) console.log(JSON.stringify(judged, null, 2));
    else for (const one of judged) console.log(inWords(one));
    const broken = judged.some(({ verdicts }) => verdicts.some((v) => v.result === "violated"));
    return broken ? 1 : 0;
  } finally {
    await reader.close();
  }
}

type Witnesses = Pick<CaseFile, "atRest" | "ledger" | "clients" | "servingSamples" | "hotSeats">;

async function witnessesOf(values: ReturnType<typeof parse>): Promise<Witnesses> {
  const { history } = values;
  return {
    atRest: values["at-rest"],
    clients: history === undefined ? undefined : parseHistory(await readFile(history, "utf8")),
    ledger: await ledgerOf(values),
    servingSamples: undefined,
    // The hot store of an embedded platform lives in its process; the rehearsal asks it from inside.
    hotSeats: undefined,
  };
}

async function providerOf(values: ReturnType<typeof parse>): Promise<PaymentsConfig | undefined> {
  const { payments, provider: address, "provider-data": folder } = values;
  if (payments !== "sandbox")
    return paymentsConfig(readOptions(paymentOptions, ["--payments", payments]));
  if (address === undefined || folder === undefined) return undefined;
  return { kind: "sandbox", address, keys: await readSandboxKeys(folder) };
}

async function ledgerOf(values: ReturnType<typeof parse>): Promise<CaseFile["ledger"]> {
  const config = await providerOf(values);
  if (config === undefined) return undefined;
  // It is read here, never begun: no window is opened from this page.
  const gateway = openPayments(config, { clock: systemClock, windowPage: "" });
  const all: NonNullable<CaseFile["ledger"]> = [];
  for await (const page of gateway.ledger(0)) all.push(...page);
  return all;
}

function inWords({
  performanceId,
  name,
  verdicts,
}: {
  performanceId: string;
  name: string;
  verdicts: Verdict[];
}): string {
  return [
    `${name} (${performanceId})`,
    verdictTable(verdicts),
    violationLines(verdicts),
    "",
    summaryLine(verdicts),
    "",
  ].join("\n");
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

// `usher reset-operator`: a new password for the desk's first operator, told once, to the person who asked.
// Where roles run apart nobody reads their standard output at the first start, and a password has no
// business in a log: so it is asked for. Makes the operator where there is none yet.
// Exit codes: 0 told; what fails is thrown to main.ts.

import { resetFirstOperator } from "../box-office/desk/first-operator.ts";
import { Fault } from "../foundation/fault.ts";
import { openRecords } from "../stores/open.ts";
import { optionLines, readOptions } from "./settings/options.ts";
import { helpOption, sharedOptions } from "./settings/shared-options.ts";

const options = { database: sharedOptions.database, help: helpOption } as const;

const help = `usher reset-operator --database <url>

Gives the desk's first operator a new password and prints it, once. The old one stops to work.

${optionLines(options, true)}`;

const fewConnections = 2;

export async function run(args: string[]): Promise<number> {
  const { database, help: asked } = readOptions(options, args);
  if (asked) {
    console.log(help);
    return 0;
  }
  if (database === undefined) {
    const { env } = options.database;
    throw new Fault(
      "setting-missing",
      `--database is needed: the operators are kept there.\n  mend: usher reset-operator --database postgres://…, or ${env}=postgres://…`,
    );
  }
  const records = await openRecords(database, { poolSize: fewConnections });
  try {
    const { email, password } = await resetFirstOperator(records.operators);
    console.log(`${email}\n${password}`);
  } finally {
    await records.close();
  }
  return 0;
}

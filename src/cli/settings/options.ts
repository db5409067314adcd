// Options of a command as one table: the flag, the environment variable, what it takes, its words in
// the help, and how its text becomes a value. The command line wins over the environment, because it is
// nearer to whoever starts the process. Secrets have no business on a command line that `ps` shows, so
// every variable may also name a file: USHER_DATABASE_FILE=/run/secrets/database.
// Read next: readers.ts (texts to values), role-options.ts (the table that all roles share).

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Fault } from "../../foundation/fault.ts";

export type Option<Value> = {
  /** For a person: `<n>`, `<url,…>`; undefined: a switch. */
  takes?: string;
  says: string;
  /** Read from the environment too; the names of containers' settings. */
  env?: string;
  /** A secret: not taken from the command line, which `ps` shows. */
  envOnly?: true;
  /** What counts where nothing is given, as it would be typed. */
  initial?: string;
  /** @param name as the person knows it, for a message. */
  read(text: string, name: string): Value;
};

export type Values<Table> = {
  [Name in keyof Table]: Table[Name] extends Option<infer Value>
    ? Table[Name] extends { initial: string }
      ? Value
      : Value | undefined
    : never;
};

export type AnyOption = Option<unknown>;
type OptionTable = Readonly<Record<string, AnyOption>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** An option keeps the type of its value, and whether it always has one. */
export function option<Value, const Row extends Option<Value>>(row: Row & Option<Value>): Row {
  return row;
}

/** Throws the fault `bad-arguments` with what to mend; `help` is put under it where it helps. */
export function readOptions<const Table extends OptionTable>(
  table: Table,
  args: readonly string[],
  environment: Environment = process.env,
): Values<Table> {
  const typed = typedOptions(table, args);
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(table)) {
    const found = typed.get(name) ?? fromEnvironment(row.env, environment);
    const text = found?.text ?? row.initial;
    values[name] = text === undefined ? undefined : row.read(text, found?.name ?? `--${name}`);
  }
  return values as Values<Table>;
}

const typeable = (table: OptionTable) => Object.entries(table).filter(([, row]) => !row.envOnly);

type Given = { text: string; name: string };

function typedOptions(table: OptionTable, args: readonly string[]): Map<string, Given> {
  const options = Object.fromEntries(
    typeable(table).map(([name, { takes }]) => [
      name,
      takes === undefined
        ? { type: "boolean" as const, ...(name === "help" ? { short: "h" } : {}) }
        : { type: "string" as const, multiple: true },
    ]),
  );
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true }));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Fault("bad-arguments", `${said}\n  mend: --help lists the options.`);
  }
  const texts = Object.entries(values).map(([name, value]): [string, Given] => {
    // A repeated option is a list, and a list is written with commas.
    const text = Array.isArray(value) ? value.join(",") : String(value);
    return [name, { text, name: `--${name}` }];
  });
  return new Map(texts);
}

function fromEnvironment(env: string | undefined, environment: Environment): Given | undefined {
  if (env === undefined) return undefined;
  const text = environment[env];
  // An empty variable is how a chart or a shell says "not set".
  if (text !== undefined && text !== "") return { text, name: env };
  const path = environment[`${env}_FILE`];
  if (path === undefined || path === "") return undefined;
  try {
    return { text: readFileSync(path, "utf8").trim(), name: `${env}_FILE` };
  } catch (error) {
    const code = (error as { code?: string }).code ?? "not readable";
    throw new Fault("bad-arguments", `${env}_FILE names ${path}, which cannot be read (${code})`);
  }
}

/** The lines of a help text: one an option, with its variable under it where `withEnvironment`. */
export function optionLines(table: OptionTable, withEnvironment = false): string {
  const rows = Object.entries(table).map(([name, row]) => ({
    flag: row.envOnly ? "" : `--${name}${row.takes === undefined ? "" : ` ${row.takes}`}`,
    says: row.says + (row.takes !== undefined && row.initial ? ` (${row.initial})` : ""),
    env: withEnvironment || row.envOnly ? row.env : undefined,
  }));
  const width = Math.max(...rows.map(({ flag }) => flag.length));
  return rows
    .flatMap(({ flag, says, env }) => [
      `  ${flag.padEnd(width)}  ${says}`,
      ...(env === undefined ? [] : [`  ${"".padEnd(width)}  ${env}`]),
    ])
    .join("\n");
}

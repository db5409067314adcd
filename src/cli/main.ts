// The process edge of every command. Finds the command in commands.ts, runs it, and turns what
// escapes into words for a person: a Fault is printed as its message (which says what, where and how
// to mend), anything else is a bug of ours and is printed with its stack. Exit codes: 0 done,
// 1 refused or failed, 2 the command line was not understood.

import { isFault } from "../foundation/fault.ts";
import { type Command, commands } from "./commands.ts";
import { nearest } from "./nearest.ts";

export type Terminal = { out(text: string): void; err(text: string): void };

const misunderstood = 2;

export function helpText(table: readonly Command[]): string {
  const width = Math.max(0, ...table.map((command) => command.name.length));
  const rows = table.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "Usher: ticket on-sales from the waiting room to the ticket.",
    "",
    "usher <command> [options]",
    "",
    ...rows,
    "",
    "usher <command> --help says more about one command.",
  ].join("\n");
}

/** For what was written to standard output to get there. */
const lingerMs = 1_000;

export async function main(
  args: readonly string[],
  table: readonly Command[],
  terminal: Terminal,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    terminal.out(helpText(table));
    return name === undefined ? misunderstood : 0;
  }
  const command = table.find((row) => row.name === name);
  if (command === undefined) {
    const known = table.map((row) => row.name);
    const meant = nearest(name, known);
    const hint = meant === undefined ? "" : ` Did you mean \`usher ${meant}\`?`;
    terminal.err(`usher: there is no command ${JSON.stringify(name.slice(0, 64))}.${hint}`);
    terminal.err("  mend: `usher --help` lists the commands.");
    return misunderstood;
  }
  try {
    const module = await command.load();
    return await module.run(rest);
  } catch (error) {
    terminal.err(describe(name, error));
    return 1;
  }
}

function describe(name: string, error: unknown): string {
  if (isFault(error)) return `usher ${name}: ${error.message} [${error.code}]`;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `usher ${name}: this is a bug in Usher, please report it.\n${trace}`;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), commands, {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
  });
  // A command that has ended is over. Whatever a library still has running (a Redis client that lost
  // its cluster while it was closed goes on looking for it) must not keep the process.
  setTimeout(() => process.exit(), lingerMs).unref();
}

// `usher verify-draw`: recomputes the draw of an on-sale from what anybody can read. Needs nothing of
// Usher's: no database, no sign-in. Exit codes: 0 the draw holds, 1 it does not (or nothing was drawn).

import { parseArgs } from "node:util";
import { Fault } from "../../foundation/fault.ts";
import { judgeDraw } from "./judge-draw.ts";
import { readPublishedDraw } from "./published-draw.ts";
import { type Language, sayVerdict } from "./words.ts";

const options = {
  from: { type: "string" },
  commitment: { type: "string" },
  index: { type: "string" },
  lang: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const help = `usher verify-draw --from <address or file> [options]

  --from <address>      of the waiting page or the frontier: https://host/w/os_…
  --from <file>         the frontier document, kept as JSON
  --commitment <hex>    what you wrote down before the opening     (the one published now)
  --index <number>      tells where this arrival number stands; arrival numbers count from 0
  --lang ko|en          language of the verdict                    (the terminal's)
  --json                the verdict as JSON`;

export async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.from === undefined) throw bad("--from says where the published draw is");
  const question = {
    published: await readPublishedDraw(values.from),
    promised: commitmentOf(values.commitment),
    index: indexOf(values.index),
  };
  const verdict = await judgeDraw(question, values.json ? undefined : showProgress());
  if (values.json) console.log(JSON.stringify(verdict));
  else console.log(sayVerdict(verdict, question, languageOf(values.lang)));
  return verdict.kind === "holds" ? 0 : 1;
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
}

function commitmentOf(text: string | undefined): string | undefined {
  const plain = text?.trim().toLowerCase();
  if (plain === undefined || /^[0-9a-f]{64}$/.test(plain)) return plain;
  throw bad("--commitment has 64 hexadecimal digits");
}

function indexOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw bad("--index is a whole number from 0");
}

function languageOf(asked: string | undefined): Language {
  if (asked === "ko" || asked === "en") return asked;
  if (asked !== undefined) throw bad("--lang is ko or en");
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  return (LC_ALL || LC_MESSAGES || LANG || "").startsWith("ko") ? "ko" : "en";
}

/** One line that rewrites itself, where a person watches. */
function showProgress(): ((counted: number, of: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  return (counted, of) => {
    const share = of === 0 ? 100 : Math.floor((counted / of) * 100);
    process.stderr.write(counted === of ? "\r\u001b[K" : `\r${share} %`);
  };
}

function bad(message: string): Fault {
  return new Fault("bad-arguments", `${message}\n\n${help}`);
}

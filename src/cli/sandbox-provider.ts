// `usher sandbox-provider --data <folder> [--port 0] [--host 127.0.0.1] [--webhook-url <url>]
//   [--public-url <url>] [--until-stdin-ends]`
//
// Runs the sandbox payment provider. When it listens it prints one JSON line on stdout:
// {"ready":true,"address":"http://127.0.0.1:41234","keys":"<folder>/keys.json"}; whoever started it
// reads the keys from that file. SIGTERM, SIGINT and (if asked for) the end of its standard input stop it
// cleanly; `kill -9` loses nothing it answered.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { Fault } from "../foundation/fault.ts";
import { startSandboxProvider } from "../payments/sandbox/server/provider.ts";

const options = {
  data: { type: "string" },
  port: { type: "string", default: "0" },
  host: { type: "string", default: "127.0.0.1" },
  "public-url": { type: "string" },
  "webhook-url": { type: "string" },
  "slow-ms": { type: "string", default: "4000" },
  "webhook-retry-ms": { type: "string", default: "1000" },
  "until-stdin-ends": { type: "boolean", default: false },
} as const;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options, strict: true });
  if (values.data === undefined)
    throw new Fault("bad-arguments", "--data names the folder for the ledger and is needed");
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
    process.once("SIGTERM", () => resolve(0));
    process.once("SIGINT", () => resolve(0));
  });
  const provider = await startSandboxProvider(
    {
      dataDir: values.data,
      port: integer("port", values.port, 65_535),
      host: values.host,
      publicUrl: address("public-url", values["public-url"]),
      webhookUrl: address("webhook-url", values["webhook-url"]),
      slowMs: integer("slow-ms", values["slow-ms"], 60_000),
      webhookRetryMs: integer("webhook-retry-ms", values["webhook-retry-ms"], 60_000),
    },
    (cause) => {
      console.error(JSON.stringify({ level: "fatal", message: String(cause) }));
      end(1);
    },
  );
  if (values["until-stdin-ends"]) process.stdin.resume().once("close", () => end(0));
  const keys = join(values.data, "keys.json");
  console.log(JSON.stringify({ ready: true, address: provider.address, keys }));
  const code = await ended;
  // A standard input that is still read would keep the process alive.
  process.stdin.destroy();
  await provider.stop();
  return code;
}

function address(name: string, text: string | undefined): string | undefined {
  if (text === undefined || URL.canParse(text)) return text?.replace(/\/$/, "");
  throw new Fault("bad-arguments", `--${name} ${text} is not an address`);
}

function integer(name: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new Fault("bad-arguments", `--${name} is an integer from 0 to ${max}, not ${text}`);
}

if (import.meta.main) process.exit(await run(process.argv.slice(2)));

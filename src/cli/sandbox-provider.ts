// `usher sandbox-provider --data <folder> [--port 0] [--host 127.0.0.1] [--webhook-url <url>]
//   [--public-url <url>] [--until-stdin-ends]`
//
// Runs the sandbox payment provider. When it listens it prints one JSON line on stdout:
// {"ready":true,"address":"http://127.0.0.1:41234","keys":"<folder>/keys.json"}; whoever started it
// reads the keys from that file. SIGTERM, SIGINT and (if asked for) the end of its standard input stop it
// cleanly; `kill -9` loses nothing it answered.

import { join } from "node:path";
import { Fault } from "../foundation/fault.ts";
import { startSandboxProvider } from "../payments/sandbox/server/provider.ts";
import { option, optionLines, readOptions } from "./settings/options.ts";
import { addressOf, asIs, isOn, portNumber, wholeNumber } from "./settings/readers.ts";
import { helpOption } from "./settings/shared-options.ts";

const baseAddress = (text: string, name: string): string =>
  addressOf("http", "https")(text, name).replace(/\/$/, "");

const options = {
  data: option({ takes: "<folder>", says: "its keys and its ledger; needed", read: asIs }),
  port: option({ takes: "<n>", says: "0: any", initial: "0", read: portNumber }),
  host: option({ takes: "<address>", says: "to listen on", initial: "127.0.0.1", read: asIs }),
  "public-url": option({ takes: "<url>", says: "where browsers reach it", read: baseAddress }),
  "webhook-url": option({ takes: "<url>", says: "where it tells the shop", read: baseAddress }),
  "slow-ms": option({
    takes: "<ms>",
    says: "how long the slow card takes",
    initial: "4000",
    read: wholeNumber(60_000),
  }),
  "webhook-retry-ms": option({
    takes: "<ms>",
    says: "until a webhook is sent again",
    initial: "1000",
    read: wholeNumber(60_000),
  }),
  "until-stdin-ends": option({
    says: "end with whoever holds standard input",
    initial: "false",
    read: isOn,
  }),
  help: helpOption,
} as const;

export async function run(args: string[]): Promise<number> {
  const values = readOptions(options, args);
  if (values.help) {
    console.log(`usher sandbox-provider --data <folder> [options]\n\n${optionLines(options)}`);
    return 0;
  }
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
      port: values.port,
      host: values.host,
      publicUrl: values["public-url"],
      webhookUrl: values["webhook-url"],
      slowMs: values["slow-ms"],
      webhookRetryMs: values["webhook-retry-ms"],
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

if (import.meta.main) process.exit(await run(process.argv.slice(2)));

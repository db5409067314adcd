// `usher serve`, which is `npm start`: the whole platform, embedded, with a demo on-sale to try.
// Says what it is doing while it starts, then where everything is; Ctrl-C stops cleanly.

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Fault } from "../foundation/fault.ts";
import { type LogLevel, openLog } from "../foundation/log.ts";
import { pathTo } from "../wire/routes.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";

const options = {
  data: { type: "string", default: "var" },
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "8080" },
  "payments-port": { type: "string", default: "8081" },
  "mailbox-port": { type: "string", default: "8082" },
  "public-origin": { type: "string" },
  "payments-origin": { type: "string" },
  "pages-origin": { type: "string", multiple: true },
  database: { type: "string" },
  redis: { type: "string" },
  "demo-opens-in": { type: "string", default: "60" },
  "no-demo": { type: "boolean", default: false },
  "reset-operator": { type: "boolean", default: false },
  "log-level": { type: "string", default: "info" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const help = `usher serve [options]        the whole platform, embedded

  --data <folder>            database, provider ledger, mails, log        (var)
  --port <n>                 pages, gateway, box office, desk; 0: any     (8080)
  --payments-port <n>        sandbox payment provider                     (8081)
  --mailbox-port <n>         the demo's mailbox                           (8082)
  --host <address>           0.0.0.0 to try it from a phone               (127.0.0.1)
  --public-origin <origin>   where fans reach it, e.g. https://tickets.example.org
  --payments-origin <origin> where fans' browsers reach the sandbox provider
  --pages-origin <origin>    another origin that shows the waiting page (a CDN); may be repeated
  --database <url>           a PostgreSQL of your own instead of the embedded one
  --redis <url,…>            a Redis for the hot store; several: some nodes of a cluster
  --demo-opens-in <seconds>  when the demo on-sale opens                  (60)
  --no-demo                  no demo on-sale
  --reset-operator           a new password for the desk's first operator
  --log-level <level>        debug, info, warn, error; to <data>/usher.log (info)`;

export async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    console.log(help);
    return 0;
  }
  const dataDir = resolve(values.data);
  const log = openLog({ level: level(values["log-level"]), file: join(dataDir, "usher.log") });
  const startedAt = performance.now();
  const progress = (step: string) => console.log(`  … ${step}`);
  console.log("Usher is starting");

  const stopped = stopSignal();
  const platform = await startPlatform({
    dataDir,
    host: values.host,
    port: integer("--port", values.port, 65_535),
    paymentsPort: integer("--payments-port", values["payments-port"], 65_535),
    mailboxPort: integer("--mailbox-port", values["mailbox-port"], 65_535),
    publicOrigin: originIn("--public-origin", values["public-origin"]),
    paymentsOrigin: originIn("--payments-origin", values["payments-origin"]),
    pageOrigins: (values["pages-origin"] ?? []).flatMap(
      (text) => originIn("--pages-origin", text) ?? [],
    ),
    databaseUrl: values.database,
    redisUrls: values.redis?.split(",").map((url) => url.trim()),
    demoOpensInMs: values["no-demo"]
      ? undefined
      : integer("--demo-opens-in", values["demo-opens-in"], 86_400) * 1000,
    resetOperator: values["reset-operator"],
    log,
    progress,
  });
  console.log(await addresses(platform, performance.now() - startedAt));

  const signal = await stopped;
  console.log(`\n${signal}: stopping; what is under way is finished or kept`);
  await platform.stop();
  console.log("stopped");
  return 0;
}

async function addresses(platform: Platform, tookMs: number): Promise<string> {
  const { origin, mailboxOrigin, paymentsOrigin, firstOperator, demo } = platform;
  const onSale = demo && (await platform.stores.postgres.catalog.onSale(demo));
  const opening =
    onSale && onSale.opensAt > Date.now()
      ? `opens ${new Date(onSale.opensAt).toLocaleTimeString()}`
      : onSale?.phase;
  const lines = [
    "",
    `Usher is ready (${(tookMs / 1000).toFixed(1)} s)`,
    "",
    `  fans          ${origin}${demo ? pathTo("waitingPage", { onSaleId: demo }) : "/"}`,
    ...(demo ? [`                demo on-sale, ${opening}; all on-sales: ${origin}/`] : []),
    `  desk          ${origin}${pathTo("deskPage")}`,
    ...(firstOperator
      ? [`                ${firstOperator.email}  ${firstOperator.password}   (shown this once)`]
      : [
          "                password as shown on the first start; lost: npm start -- --reset-operator",
        ]),
    `  mailbox       ${mailboxOrigin}/`,
    `  payments      ${paymentsOrigin}    (sandbox, answers programs; no real money)`,
    `  data, log     ${platform.dataDir}`,
    "",
    "  Ctrl-C stops.",
  ];
  return lines.join("\n");
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, strict: true }).values;
  } catch (error) {
    throw new Fault(
      "bad-arguments",
      `${error instanceof Error ? error.message : String(error)}\n\n${help}`,
    );
  }
}

function integer(name: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new Fault("bad-arguments", `${name} takes a whole number from 0 to ${max}, not ${text}`);
}

function originIn(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol.startsWith("http") && url.pathname === "/" && url.search === "") {
    return url.origin;
  }
  throw new Fault(
    "bad-arguments",
    `${name} takes scheme, host and port, like https://tickets.example.org, not ${text}`,
  );
}

function level(text: string): LogLevel {
  if (text === "debug" || text === "info" || text === "warn" || text === "error") return text;
  throw new Fault("bad-arguments", `--log-level is debug, info, warn or error, not ${text}`);
}

/** The first signal stops cleanly; a second one ends at once. */
function stopSignal(): Promise<string> {
  return new Promise((done) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        done(signal);
      });
    }
  });
}

// `usher serve`, which is `npm start`: the whole platform, embedded, with a demo on-sale to try.
// Says what it is doing while it starts, then where everything is; Ctrl-C stops cleanly.

import { join, resolve } from "node:path";
import { openLog } from "../foundation/log.ts";
import { addressLines } from "./platform/addresses.ts";
import { type Platform, startPlatform } from "./platform/platform.ts";
import { stopSignal } from "./platform/signals.ts";
import { option, optionLines, readOptions } from "./settings/options.ts";
import { paymentOptions, paymentsConfig } from "./settings/payment-options.ts";
import { asIs, isOn, originText, portNumber, wholeNumber } from "./settings/readers.ts";
import {
  helpOption,
  hostOption,
  logLevelOption,
  callerLimits,
  sharedOptions,
} from "./settings/shared-options.ts";

const aDaySec = 86_400;
const port = (says: string, initial: string) =>
  option({ takes: "<n>", says, initial, read: portNumber });
const origin = (says: string) => option({ takes: "<origin>", says, read: originText });
const off = (says: string) => option({ says, initial: "false", read: isOn });

const options = {
  data: option({
    takes: "<folder>",
    says: "database, provider ledger, mails, log",
    initial: "var",
    read: asIs,
  }),
  port: port("pages, gateway, box office, desk; 0: any", "8080"),
  "payments-port": port("sandbox payment provider", "8081"),
  "mailbox-port": port("the demo's mailbox", "8082"),
  host: hostOption("127.0.0.1", "0.0.0.0 to try it from a phone"),
  "public-origin": origin("where fans reach it, e.g. https://tickets.example.org"),
  "payments-origin": origin("where fans' browsers reach the sandbox provider"),
  ...paymentOptions,
  ...sharedOptions,
  "demo-opens-in": option({
    takes: "<seconds>",
    says: "when the demo on-sale opens",
    initial: "60",
    read: wholeNumber(aDaySec),
  }),
  "no-demo": off("no demo on-sale"),
  "reset-operator": off("a new password for the desk's first operator"),
  "log-level": logLevelOption("to <data>/usher.log"),
  help: helpOption,
};

const help = `usher serve [options]        the whole platform in one process, embedded

${optionLines(options)}

--database and --redis replace what is embedded. Their variables: USHER_DATABASE, USHER_REPLICA,
USHER_REDIS.`;

export async function run(args: string[]): Promise<number> {
  const values = readOptions(options, args);
  if (values.help) {
    console.log(help);
    return 0;
  }
  // Keys that are missing are said before anything is begun.
  const payments = paymentsConfig(values);
  const dataDir = resolve(values.data);
  const log = openLog({ level: values["log-level"], file: join(dataDir, "usher.log") });
  const startedAt = performance.now();
  const progress = (step: string) => console.log(`  … ${step}`);
  console.log("Usher is starting");

  const stopped = stopSignal();
  const platform = await startPlatform({
    dataDir,
    host: values.host,
    port: values.port,
    paymentsPort: values["payments-port"],
    mailboxPort: values["mailbox-port"],
    publicOrigin: values["public-origin"],
    paymentsOrigin: values["payments-origin"],
    payments,
    pageOrigins: values["pages-origin"],
    databaseUrl: values.database,
    replicaUrls: values.replica,
    replicaLagMs: values["replica-lag"] * 1_000,
    redisUrls: values.redis,
    poolSize: values["pool-size"],
    limits: callerLimits(values),
    proxies: values["trusted-proxies"],
    demoOpensInMs: values["no-demo"] ? undefined : values["demo-opens-in"] * 1_000,
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
  const { origin, demo, stores, shop } = platform;
  return addressLines({
    ...platform,
    tookMs,
    provider: shop.payments.provider,
    origins: { gateway: origin, shop: origin },
    demo: demo && (await stores.postgres.catalog.onSale(demo)),
    resetWith: "npm start -- --reset-operator",
  });
}

// `usher cluster`, which is `npm run cluster`: a whole installation in separate processes on this machine,
// to try what a machine park would run. Says what it is doing, then where everything is; tells of every
// role that dies and comes back; Ctrl-C ends all of them.

import { join, resolve } from "node:path";
import { Fault } from "../../foundation/fault.ts";
import { openLog } from "../../foundation/log.ts";
import { addressLines } from "../platform/addresses.ts";
import { stopSignal } from "../platform/signals.ts";
import { option, optionLines, readOptions } from "../settings/options.ts";
import { asIs, isOn, portNumber, wholeNumber } from "../settings/readers.ts";
import { helpOption, hostOption, logLevelOption } from "../settings/shared-options.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const count = (says: string) =>
  option({ takes: "<n>", says, initial: "2", read: wholeNumber(16, 1) });
const port = (says: string, initial: string) =>
  option({ takes: "<n>", says, initial, read: portNumber });
const off = (says: string) => option({ says, initial: "false", read: isOn });

const options = {
  data: option({
    takes: "<folder>",
    says: "databases, ledger, mails, a log for each role",
    initial: "var/cluster",
    read: asIs,
  }),
  gateways: count("gateways, on one port"),
  "box-offices": count("box offices, on one port"),
  workers: count("workers"),
  port: port("of the gateways, where fans begin; 0: any", "8080"),
  "payments-port": port("sandbox payment provider", "8081"),
  "mailbox-port": port("mailbox", "8082"),
  "shop-port": port("of the box offices, with the desk", "8083"),
  host: hostOption("127.0.0.1", "address to listen on"),
  "demo-opens-in": option({
    takes: "<seconds>",
    says: "when the demo on-sale opens",
    initial: "60",
    read: wholeNumber(86_400),
  }),
  "no-demo": off("no demo on-sale"),
  "reset-operator": off("a new password for the desk's first operator"),
  "log-level": logLevelOption("to <data>/log"),
  help: helpOption,
} as const;

const help = `usher cluster [options]      gateways, box offices and workers as processes of their own

Brings up a Redis Cluster of six nodes (redis-server must be on the machine), PostgreSQL with a
streaming replica, the sandbox payment provider and a mailbox, and on them the roles. A role that dies is started again.

${optionLines(options)}`;

export async function run(args: string[]): Promise<number> {
  const values = readOptions(options, args);
  if (values.help) {
    console.log(help);
    return 0;
  }
  const counts = {
    gateway: values.gateways,
    "box-office": values["box-offices"],
    worker: values.workers,
  };
  refuseSharingElsewhere(counts);
  const dataDir = resolve(values.data);
  const startedAt = performance.now();
  console.log("Usher is starting as a cluster");
  const stopped = stopSignal();
  const cluster = await startCluster({
    dataDir,
    host: values.host,
    counts,
    ports: {
      gateway: values.port,
      shop: values["shop-port"],
      payments: values["payments-port"],
      mailbox: values["mailbox-port"],
    },
    demoOpensInMs: values["no-demo"] ? undefined : values["demo-opens-in"] * 1_000,
    resetOperator: values["reset-operator"],
    logLevel: values["log-level"],
    log: openLog({ level: values["log-level"], file: join(dataDir, "log", "cluster.log") }),
    progress: (step) => console.log(`  … ${step}`),
    say: (line) => console.log(`  ${new Date().toLocaleTimeString()}  ${line}`),
  });
  console.log(linesOf(cluster, performance.now() - startedAt));
  const signal = await stopped;
  console.log(`\n${signal}: stopping; what is under way is finished or kept`);
  await cluster.stop();
  console.log("stopped");
  return 0;
}

const portOf = (url: string) => new URL(url).port;

function linesOf(cluster: Cluster, tookMs: number): string {
  const { roles, redisNodes } = cluster;
  const names = roles.map((role) => `${role.name} (${role.pid()})`);
  const ports = redisNodes.map(portOf);
  return addressLines({
    ...cluster,
    tookMs,
    resetWith: "npm run cluster -- --reset-operator",
    more: [
      ["processes", names.join(", ")],
      ["Redis", `127.0.0.1, ports ${ports.join(", ")}`],
      ["PostgreSQL", `127.0.0.1, port ${portOf(cluster.connectionString)}`],
      ["  replica", `127.0.0.1, port ${portOf(cluster.replicaUrl)}, read by the box offices`],
    ],
  });
}

/** Only Linux deals the connections of one port out to several processes. */
function refuseSharingElsewhere(counts: { gateway: number; "box-office": number }): void {
  if (process.platform === "linux" || (counts.gateway === 1 && counts["box-office"] === 1)) return;
  throw new Fault(
    "port-not-shared",
    "several processes on one port need Linux.\n  mend: --gateways 1 --box-offices 1, or run it in a Linux container",
  );
}

// The settings of `usher gateway`, `usher box-office` and `usher worker`: one table, so that one set of
// environment variables configures a whole installation and each role takes what it needs. What a role
// cannot do without is asked for in its own words: an in-process hot store cannot be shared, so here
// Redis is no option.

import { Fault } from "../../foundation/fault.ts";
import type { RoleName } from "../roles/role.ts";
import { type AnyOption, option, optionLines, readOptions, type Values } from "./options.ts";
import { paymentOptions } from "./payment-options.ts";
import { addressOf, asIs, isOn, originText, portNumber, wholeNumber } from "./readers.ts";
import { helpOption, hostOption, logLevelOption, sharedOptions } from "./shared-options.ts";

const { database, redis, ...others } = sharedOptions;

export const roleOptions = {
  database,
  redis,
  host: hostOption("0.0.0.0", "address to listen on"),
  port: option({
    takes: "<n>",
    says: "port to listen on; 0: any",
    env: "USHER_PORT",
    initial: "8080",
    read: portNumber,
  }),
  "shared-port": option({
    says: "share the port with siblings on this machine (Linux)",
    env: "USHER_SHARED_PORT",
    initial: "false",
    read: isOn,
  }),
  "gateway-origin": option({
    takes: "<origin>",
    says: "where fans reach the gateway; alone: the box office too",
    env: "USHER_GATEWAY_ORIGIN",
    read: originText,
  }),
  "shop-origin": option({
    takes: "<origin>",
    says: "where fans reach the box office, if it is another origin",
    env: "USHER_SHOP_ORIGIN",
    read: originText,
  }),
  smtp: option({
    takes: "<url>",
    says: "who takes the mails, like smtp://mail:25; a worker needs it",
    env: "USHER_SMTP",
    read: addressOf("smtp", "smtps"),
  }),
  ...paymentOptions,
  "sandbox-address": option({
    takes: "<url>",
    says: "where we call the sandbox payment provider",
    env: "USHER_SANDBOX_ADDRESS",
    read: originText,
  }),
  "sandbox-origin": option({
    takes: "<origin>",
    says: "where browsers reach it, if elsewhere",
    env: "USHER_SANDBOX_ORIGIN",
    read: originText,
  }),
  "sandbox-keys": option({
    takes: "<folder>",
    says: "the folder with its keys.json",
    env: "USHER_SANDBOX_KEYS",
    read: asIs,
  }),
  ...others,
  "drain-seconds": option({
    takes: "<n>",
    says: "how long to answer on after SIGTERM, so that balancers notice",
    env: "USHER_DRAIN_SECONDS",
    initial: "5",
    read: wholeNumber(300),
  }),
  "log-level": logLevelOption("JSON lines on standard output"),
  "until-stdin-ends": option({
    says: "end with whoever holds standard input",
    initial: "false",
    read: isOn,
  }),
  help: helpOption,
} as const;

export type RoleSettings = Omit<Values<typeof roleOptions>, "database" | "redis"> & {
  database: string;
  redis: string[];
  origins: { gateway: string; shop: string };
};

export function roleHelp(role: RoleName): string {
  return `usher ${role} [options]

Every option may be given by its environment variable instead, a secret by a file that
<VARIABLE>_FILE names. The command line wins.

${optionLines(roleOptions, true)}`;
}

/** undefined: only the help was asked for. Throws the fault `bad-arguments` or `setting-missing`. */
export function readRoleSettings(
  role: RoleName,
  args: readonly string[],
): RoleSettings | undefined {
  const values = readOptions(roleOptions, args);
  if (values.help) return undefined;
  const { database: url, redis: nodes } = values;
  if (url === undefined) {
    throw missing(role, "database", "is the truth about seats, orders and places", "postgres://…");
  }
  if (nodes === undefined || nodes.length === 0) {
    throw missing(
      role,
      "redis",
      "is where roles share the line and the seats; the in-process hot store of `usher serve` cannot be shared",
      "redis://…",
    );
  }
  const gateway = values["gateway-origin"] ?? values["shop-origin"];
  const shop = values["shop-origin"] ?? gateway;
  if (gateway === undefined || shop === undefined) {
    throw missing(role, "gateway-origin", "is where fans are told to go", "https://…");
  }
  return { ...values, database: url, redis: nodes, origins: { gateway, shop } };
}

export function missing(
  role: RoleName,
  name: keyof typeof roleOptions,
  why: string,
  example: string,
): Fault {
  const { env }: AnyOption = roleOptions[name];
  return new Fault(
    "setting-missing",
    `--${name} is needed: it ${why}.\n  mend: usher ${role} --${name} ${example}, or ${env}=${example}`,
  );
}

// The whole platform in one process (and the sandbox provider in another): the order in which the
// rooms are opened, what each is given, and the reverse on the way out. `npm start`, the rehearsal and
// the journeys all start it here, so that what is tested is what is run.
// Read next: ARCHITECTURE.md (the same as a picture), stores.ts, shop.ts.

import { join } from "node:path";
import type { Clock } from "../../foundation/clock.ts";
import { systemClock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import type { OnSaleId } from "../../foundation/ids.ts";
import { ensureFirstOperator, resetFirstOperator } from "../../box-office/desk/first-operator.ts";
import type { GatewayLimits } from "../../gateway/limits.ts";
import type { TrustedProxies } from "../../http/caller.ts";
import { openCors } from "../../http/cors.ts";
import type { PaymentsConfig } from "../../payments/payments-config.ts";
import type { PaymentPages } from "../../web/payment-pages.ts";
import { pathTo } from "../../wire/routes.ts";
import { tossPages } from "../settings/payment-options.ts";
import { openRolePages } from "../roles/role-pages.ts";
import { type Closing, openClosing } from "./closing.ts";
import { ensureDemo } from "./demo.ts";
import { listen } from "./listen.ts";
import { startMailbox } from "./mailbox.ts";
import { startProviderProcess } from "./provider-process.ts";
import { openShop } from "./shop.ts";
import { openStores, type StoresOptions } from "./stores.ts";

export type PlatformOptions = Pick<
  StoresOptions,
  "databaseUrl" | "replicaUrls" | "replicaLagMs" | "postgresSettings" | "redisUrls" | "poolSize"
> & {
  /** Holds the database, the provider's ledger, the mails and the log. */
  dataDir: string;
  host?: string;
  /** 0 takes a free one. */
  port?: number;
  paymentsPort?: number;
  mailboxPort?: number;
  /** Origin under which fans reach this server; https makes cookies Secure. */
  publicOrigin?: string | undefined;
  /** Origin under which fans reach the sandbox provider; undefined: publicOrigin's host and its port. */
  paymentsOrigin?: string | undefined;
  /** Other origins that may show the waiting page, such as a CDN's. */
  pageOrigins?: readonly string[];
  /** Undefined: the sandbox provider, started here. */
  payments?: PaymentsConfig | undefined;
  /** Makes a demo on-sale that opens after so long; undefined: none. */
  demoOpensInMs?: number | undefined;
  /** Gives the desk's first operator a new password. */
  resetOperator?: boolean;
  /** Others than the usual ones: of fans who all come from one machine, say. */
  limits?: Partial<GatewayLimits>;
  proxies?: TrustedProxies;
  clock?: Clock;
  log: Log;
  /** One line a step, for a person who waits. */
  progress?: (step: string) => void;
};

export type Platform = {
  origin: string;
  /** Where fans' browsers reach the sandbox provider; undefined: another provider takes the money. */
  paymentsOrigin: string | undefined;
  mailboxOrigin: string;
  dataDir: string;
  connectionString: string;
  demo: OnSaleId | undefined;
  /** On the very first start, or after a reset: how to sign in at the desk. */
  firstOperator: { email: string; password: string } | undefined;
  /** For the rehearsal's checks: the stores that the platform runs on. */
  stores: Awaited<ReturnType<typeof openStores>>;
  shop: Awaited<ReturnType<typeof openShop>>;
  stop(): Promise<void>;
};

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const closing = openClosing();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.run(options.log);
    throw error;
  }
}

async function start(options: PlatformOptions, closing: Closing): Promise<Platform> {
  const { dataDir, log, host = "127.0.0.1", clock = systemClock, progress = () => {} } = options;
  const { pageOrigins = [] } = options;
  const web = listenAt(host, options);
  closing.later("web", () => web.stop());
  const origin = options.publicOrigin ?? `http://${shownHost(host)}:${web.port}`;

  progress("database");
  const stores = await openStores({ ...options, dataDir, clock, log }, closing);

  const payments = options.payments ?? (await startSandbox(options, web.port, closing));
  progress("mailbox");
  const mailbox = await startMailbox({
    dataDir: join(dataDir, "mails"),
    host,
    port: options.mailboxPort ?? 8082,
    log,
  });
  closing.later("mailbox", () => mailbox.stop());

  progress("pages");
  const origins = { gateway: origin, shop: origin };
  const pages = await openRolePages("gateway", { origins, payment: pagesOf(payments) });

  progress("box office, gateway, workers");
  const shop = await openShop(
    {
      stores,
      limits: options.limits ?? {},
      bounds: web.bounds,
      payments,
      smtpUrl: mailbox.smtpUrl,
      origins,
      // A page elsewhere has to be told where the shop is; our own pages stay on the host they came by.
      shopOrigin: pageOrigins.length > 0 ? origin : "",
      clock,
      log,
    },
    closing,
  );
  await stores.rebuildAll();
  const { demo, firstOperator } = await prepare(options, stores, clock.now());
  web.serve(shop.routes, pages, { cors: openCors(pageOrigins), prepared: shop.prepared });
  // Y3, and so the first to be done: nothing new is let in, streams are told to come back, and what is
  // under way is answered while everything that it needs still runs.
  closing.later("requests under way", async () => {
    const answered = web.stop();
    await shop.endStreams();
    await answered;
  });

  return {
    origin,
    paymentsOrigin: "publicAddress" in payments ? payments.publicAddress : undefined,
    mailboxOrigin: mailbox.origin,
    dataDir,
    connectionString: stores.connectionString,
    demo: demo?.onSaleId,
    firstOperator,
    stores,
    shop,
    stop: () => closing.run(log),
  };
}

function listenAt(host: string, { port = 8080, proxies, log }: PlatformOptions) {
  const trusted = proxies === undefined ? {} : { proxies };
  return listen({ host, port, what: "Usher", option: "--port", ...trusted, log });
}

/** What a first start makes: somebody who may sign in at the desk, and something to try. */
async function prepare(
  { demoOpensInMs, resetOperator }: PlatformOptions,
  { postgres }: Platform["stores"],
  now: number,
) {
  const demo =
    demoOpensInMs === undefined
      ? undefined
      : await ensureDemo(postgres.catalog, now, demoOpensInMs);
  const operatorOf = resetOperator ? resetFirstOperator : ensureFirstOperator;
  return { demo, firstOperator: await operatorOf(postgres.operators) };
}

/** What a real installation has elsewhere: a payment provider. */
async function startSandbox(options: PlatformOptions, webPort: number, closing: Closing) {
  const { log, host = "127.0.0.1", progress = () => {} } = options;
  progress("payment provider (sandbox)");
  const provider = await startProviderProcess({
    dataDir: join(options.dataDir, "sandbox-provider"),
    host,
    port: options.paymentsPort ?? 8081,
    publicUrl: paymentsOriginOf(options),
    webhookUrl: `http://127.0.0.1:${webPort}${pathTo("webhook", { provider: "sandbox" })}`,
    log,
  });
  closing.later("payment provider", () => provider.stop());
  return { kind: "sandbox", ...provider } as const;
}

function pagesOf(
  payments: PaymentsConfig | Awaited<ReturnType<typeof startSandbox>>,
): PaymentPages {
  switch (payments.kind) {
    case "sandbox": {
      const origin = "publicAddress" in payments ? payments.publicAddress : payments.address;
      return { provider: "sandbox", origin };
    }
    case "stripe":
      return { provider: "stripe" };
    case "toss":
      return tossPages(payments.clientKey, payments.api);
  }
}

/** An address that a browser on this machine can open. */
function shownHost(host: string): string {
  return host === "0.0.0.0" || host === "::" || host === "127.0.0.1" ? "localhost" : host;
}

/** A phone on the same network reaches the provider where it reaches us, on the provider's port. */
function paymentsOriginOf(options: PlatformOptions): string | undefined {
  const { paymentsOrigin, publicOrigin, paymentsPort = 8081 } = options;
  if (paymentsOrigin !== undefined || publicOrigin === undefined || paymentsPort === 0)
    return paymentsOrigin;
  return `http://${new URL(publicOrigin).hostname}:${paymentsPort}`;
}

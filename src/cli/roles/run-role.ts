// `usher gateway`, `usher box-office`, `usher worker`: one role as a process of its own, several of each
// beside one another on one Redis and one PostgreSQL. Logs as JSON on standard output; the line "ready"
// tells the port. SIGTERM: not ready at once, answering on for a while, then streams are told to
// reconnect, what is under way is answered, and the process ends.
// Read next: role.ts, the three role modules; settings/role-options.ts.

import { systemClock } from "../../foundation/clock.ts";
import { type Log, openLog } from "../../foundation/log.ts";
import { openCors } from "../../http/cors.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import { openKeyRing } from "../../http/key-ring.ts";
import type { CommandModule } from "../commands.ts";
import { type Closing, openClosing } from "../platform/closing.ts";
import { listen } from "../platform/listen.ts";
import { stopSignal } from "../platform/signals.ts";
import { openStores } from "../platform/stores.ts";
import { readPaymentPages, readPaymentSettings } from "../settings/provider-settings.ts";
import {
  missing,
  readRoleSettings,
  roleHelp,
  type RoleSettings,
} from "../settings/role-options.ts";
import { callerLimits } from "../settings/shared-options.ts";
import { openBoxOfficeRole } from "./box-office-role.ts";
import { openGatewayRole } from "./gateway-role.ts";
import { openMetrics } from "./metrics.ts";
import { openPaying } from "./paying.ts";
import { openReporting, type Reporting } from "./reporting.ts";
import type { Role, RoleDeps, RoleName } from "./role.ts";
import { openRolePages, type RolePages } from "./role-pages.ts";
import { openWorkerRole } from "./worker-role.ts";

export function roleCommand(name: RoleName): CommandModule {
  return { run: (args) => run(name, args) };
}

async function run(name: RoleName, args: string[]): Promise<number> {
  const settings = readRoleSettings(name, args);
  if (settings === undefined) {
    console.log(roleHelp(name));
    return 0;
  }
  const log = openLog({ level: settings["log-level"] }).child({ role: name, pid: process.pid });
  if (settings["until-stdin-ends"]) endWithStandardInput();
  const ended = stopSignal();
  const closing = openClosing();
  try {
    const drain = await start(name, settings, { log, closing });
    const why = await ended;
    log.info({ why }, "stopping");
    endFirmly(settings, log);
    await drain();
  } finally {
    await closing.run(log);
  }
  log.info({}, "stopped");
  // A standard input that is still read would keep the process alive.
  process.stdin.destroy();
  return 0;
}

type Running = { log: Log; closing: Closing };

/** Answers how to leave: first out of service, then out of work; closing does the rest. */
async function start(
  name: RoleName,
  settings: RoleSettings,
  { log, closing }: Running,
): Promise<() => Promise<void>> {
  const { host, port, origins } = settings;
  const shared = settings["shared-port"];
  const proxies = settings["trusted-proxies"];
  const what = `usher ${name}`;
  const web = listen({ host, port, shared, proxies, what, option: "--port", log });
  closing.later("web", () => web.stop());
  const stores = await openStores(
    {
      databaseUrl: settings.database,
      // The others only read what decides something.
      replicaUrls: name === "box-office" ? settings.replica : [],
      replicaLagMs: settings["replica-lag"] * 1_000,
      redisUrls: settings.redis,
      poolSize: settings["pool-size"],
      applicationName: `usher ${name}`,
      clock: systemClock,
      log,
    },
    closing,
  );
  const deps: RoleDeps = { stores, origins, clock: systemClock, log };
  const roles: Role[] = [];
  const reporting = openReporting(roles, deps);
  const { role, pages } = await open[name]({ deps, settings, reporting }, closing);
  roles.push(role);
  await stores.rebuildAll();
  reporting.start();
  closing.later("reports", () => reporting.stop());
  const bounds: Bounds = () => ({ ...role.bounds?.(), ...stores.bounds(), ...web.bounds() });
  const allowed = [...settings["pages-origin"], origins.shop, origins.gateway];
  web.serve({ ...role.routes, ...openMetrics(reporting.own, bounds) }, pages, {
    cors: openCors(allowed),
    prepared: role.prepared,
  });
  log.info({ port: web.port, ...origins }, "ready");
  return async () => {
    web.drain();
    await Bun.sleep(settings["drain-seconds"] * 1_000);
    const answered = web.stop();
    await role.endStreams();
    await answered;
  };
}

type Opening = { deps: RoleDeps; settings: RoleSettings; reporting: Reporting };
type Opened = { role: Role; pages: RolePages };

const open: Record<RoleName, (opening: Opening, closing: Closing) => Promise<Opened>> = {
  async gateway({ deps, settings }, closing) {
    const { origins } = deps;
    const keys = await openKeyRing(deps.stores.postgres.keys, deps.log);
    closing.later("keys", () => keys.close());
    const isElsewhere = origins.gateway !== origins.shop || settings["pages-origin"].length > 0;
    const shopOrigin = isElsewhere ? origins.shop : "";
    const limits = callerLimits(settings);
    const pages = await openRolePages("gateway", { origins, payment: readPaymentPages(settings) });
    return { role: openGatewayRole({ ...deps, keys, shopOrigin, limits }, closing), pages };
  },
  async "box-office"({ deps, settings, reporting }, closing) {
    const config = await readPaymentSettings("box-office", settings);
    const keys = await openKeyRing(deps.stores.postgres.keys, deps.log);
    closing.later("keys", () => keys.close());
    const paying = openPaying(deps, config, closing);
    const pages = await openRolePages("box-office", {
      origins: deps.origins,
      payment: readPaymentPages(settings),
    });
    const role = openBoxOfficeRole({ ...deps, ...paying, keys, own: reporting.own }, closing);
    return { role, pages };
  },
  async worker({ deps, settings }, closing) {
    const config = await readPaymentSettings("worker", settings);
    const smtpUrl = settings.smtp;
    if (smtpUrl === undefined) {
      throw missing("worker", "smtp", "takes the mails with the tickets", "smtp://mail:25");
    }
    const paying = openPaying(deps, config, closing);
    const role = openWorkerRole({ ...deps, ...paying, smtpUrl }, closing);
    return { role, pages: () => new Response("404", { status: 404 }) };
  },
};

/** Longer than a request may take, shorter than a machine park waits before it kills. */
const firmEndMs = 20_000;

/** A store that has gone must not keep a process that was told to stop. */
function endFirmly(settings: RoleSettings, log: Log): void {
  const timer = setTimeout(
    () => {
      log.error({}, "did not stop in time; ending anyway");
      process.exit(1);
    },
    settings["drain-seconds"] * 1_000 + firmEndMs,
  );
  timer.unref();
}

/** Whoever held it is gone, and with it all that this role stood on: there is nobody to be polite to. */
function endWithStandardInput(): void {
  process.stdin.resume().once("close", () => process.exit(1));
}

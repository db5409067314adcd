// Tells the installation every two seconds that this process is there and what only it knows. A report
// that cannot be written is left out: the next one says the same and more.

import { hostname } from "node:os";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import type {
  ProcessReport,
  ProcessReports,
  ReplicaMeasure,
} from "../../ports/processes/process-reports.ts";
import type { Stores } from "../platform/stores.ts";
import type { Role } from "./role.ts";

const everyMs = 2_000;

export type Reporting = {
  /** What would be reported just now. */
  own(): ProcessReport;
  /** From here on reports go out. */
  start(): void;
  /** The last word: this process is no longer there. */
  stop(): Promise<void>;
};

/** @param roles may still be opened while this is made; they are asked when a report is due. */
export function openReporting(
  roles: readonly Role[],
  deps: { stores: Pick<Stores, "postgres">; clock: Clock; log: Log },
): Reporting {
  const { postgres } = deps.stores;
  const identity = {
    instance: crypto.randomUUID(),
    host: hostname(),
    pid: process.pid,
    startedAt: deps.clock.now(),
  };
  const own = (): ProcessReport => ({
    ...identity,
    roles: roles.map(({ name }) => name),
    measures: Object.assign(
      {
        pool: postgres.pool(),
        commitsWaiting: waitingOf(postgres.groups()),
        replicas: postgres.replicas().map(replicaMeasure),
      },
      ...roles.map((role) => role.measures()),
    ) as ProcessReport["measures"],
  });
  let writing: Promise<void> | undefined;
  const write = () => {
    // A slow database must not pile reports up.
    writing ??= writeTo(postgres.processReports, own(), deps.log).finally(() => {
      writing = undefined;
    });
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    own,
    start() {
      write();
      timer = setInterval(write, everyMs);
    },
    async stop() {
      clearInterval(timer);
      await writing;
      await postgres.processReports.end(identity.instance).catch(() => undefined);
    },
  };
}

function waitingOf(groups: ReturnType<Stores["postgres"]["groups"]>): Record<string, number> {
  return Object.fromEntries(Object.entries(groups).map(([name, { waiting }]) => [name, waiting]));
}

function replicaMeasure({ replica, inService, reason, lagMs }: ReplicaMeasure): ReplicaMeasure {
  return { replica, inService, reason, lagMs };
}

async function writeTo(reports: ProcessReports, report: ProcessReport, log: Log): Promise<void> {
  try {
    await reports.write(report);
  } catch (error) {
    log.warn({ err: String(error) }, "this process could not report itself");
  }
}

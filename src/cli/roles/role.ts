// A role is what a process does for an installation: gateway, box office, worker. `usher serve` plays all
// three in one process, `usher gateway`, `usher box-office` and `usher worker` one each; both open them
// here, from the same modules, so that there is one way of wiring.
// Read next: gateway-role.ts, box-office-role.ts, worker-role.ts, paying.ts; then run-role.ts.

import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import type { Mounted } from "../../http/mount.ts";
import type { Prepared } from "../../http/prepared.ts";
import type { ProcessMeasures, Role as RoleName } from "../../ports/processes/process-reports.ts";
import type { Stores } from "../platform/stores.ts";

export type { RoleName };

export type RoleDeps = {
  stores: Stores;
  /** Where fans reach the gateway, and where the box office; the same where one host has both. */
  origins: { gateway: string; shop: string };
  clock: Clock;
  log: Log;
};

export type Role = {
  name: RoleName;
  routes: Mounted;
  prepared?: Prepared;
  bounds?: Bounds;
  /** What only this role knows of the installation, for its process's report. */
  measures(): Omit<ProcessMeasures, "pool" | "commitsWaiting" | "replicas">;
  /** Tells every stream to reconnect and ends it; requests are still answered (Y3). */
  endStreams(): Promise<void>;
};

export const noStreams = async (): Promise<void> => {};

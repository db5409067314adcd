// All roles in one process: what `usher serve` runs is the three roles as they run alone, sharing their
// stores, their keys and one saga.

import type { GatewayLimits } from "../../gateway/limits.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import { openKeyRing } from "../../http/key-ring.ts";
import type { Mounted } from "../../http/mount.ts";
import { openBoxOfficeRole } from "../roles/box-office-role.ts";
import { openGatewayRole } from "../roles/gateway-role.ts";
import { openMetrics } from "../roles/metrics.ts";
import type { PaymentsConfig } from "../../payments/payments-config.ts";
import { openPaying } from "../roles/paying.ts";
import { openReporting } from "../roles/reporting.ts";
import type { Role, RoleDeps } from "../roles/role.ts";
import { openWorkerRole } from "../roles/worker-role.ts";
import type { Closing } from "./closing.ts";

export type ShopOptions = RoleDeps & {
  payments: PaymentsConfig;
  smtpUrl: string;
  limits: Partial<GatewayLimits>;
  /** Of the server that the routes are mounted on. */
  bounds: Bounds;
  /** The shop's origin, where pages of other origins send fans here; else "". */
  shopOrigin: string;
};

export async function openShop(options: ShopOptions, closing: Closing) {
  const { stores, log } = options;
  const keys = await openKeyRing(stores.postgres.keys, log);
  closing.later("keys", () => keys.close());
  const { payments, purchase, refunds } = openPaying(options, options.payments, closing);
  const roles: Role[] = [];
  const reporting = openReporting(roles, options);
  const shared = { ...options, keys, payments, purchase, refunds, own: reporting.own };
  roles.push(openWorkerRole(shared, closing));
  const gateway = openGatewayRole(shared, closing);
  roles.push(gateway, openBoxOfficeRole(shared, closing));
  reporting.start();
  closing.later("reports", () => reporting.stop());
  const routes: Mounted = Object.assign(
    {},
    ...roles.map((role) => role.routes),
    openMetrics(reporting.own, () =>
      Object.assign({}, options.bounds(), stores.bounds(), ...roles.map((role) => role.bounds?.())),
    ),
  );
  const endStreams = async () => {
    await Promise.all(roles.map((role) => role.endStreams()));
  };
  return {
    routes,
    prepared: gateway.prepared,
    pacer: gateway.pacer,
    purchase,
    refunds,
    payments,
    endStreams,
  };
}

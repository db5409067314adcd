// The door at the desk: gates, codes that sign a phone in, counts, and the conflicts that people must
// hear of. What an operator does goes into the audit; a device code only into the answer.

import { z } from "zod";
import { seatName, seatWords } from "../../domain/seating/plan-index.ts";
import type { Clock } from "../../foundation/clock.ts";
import {
  newGateDeviceId,
  newGateId,
  parseGateDeviceId,
  parseGateId,
} from "../../foundation/after-sale-ids.ts";
import { parseId } from "../../foundation/ids.ts";
import type { Call, Mounted } from "../../http/mount.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { Catalog, Operators, Performance } from "../../ports/catalog.ts";
import type { Once } from "../../ports/requests/once.ts";
import type { DoorStore } from "../../ports/tickets/door-store.ts";
import type { DeviceCode, DoorView } from "../../wire/tickets/door.ts";
import type { OperatorGuard } from "../desk/sign-in/operator-guard.ts";
import { makesOnce } from "../idempotency.ts";
import type { Sales } from "../sales.ts";
import { deviceCodeMs, hashOfSecret, newDeviceCode } from "./gate-guard.ts";

export type DeskDoorDeps = {
  guard: OperatorGuard;
  door: DoorStore;
  catalog: Pick<Catalog, "performance">;
  sales: Pick<Sales, "index">;
  operators: Pick<Operators, "audit">;
  once: Once;
  clock: Clock;
};

const gateBody = z.object({
  name: z.string().trim().min(1).max(40),
  reEntry: z.boolean().default(false),
});
const noBody = z.object({});
const maxConflicts = 100;

export function deskDoorRoutes(deps: DeskDoorDeps): Mounted {
  const { guard, door, operators, once } = deps;
  const performanceOf = async ({ params }: Call): Promise<Performance> => {
    const id = parseId("performance", params.performanceId);
    const performance = id && (await deps.catalog.performance(id));
    if (!performance) throw new Refusal("not-found");
    return performance;
  };
  return {
    deskDoor: {
      GET: guard.reads(async (call) => json(await viewOf(deps, await performanceOf(call)))),
    },
    deskGates: {
      POST: guard.acts(
        makesOnce(once, gateBody, async (call, stores) => {
          const { performanceId } = await performanceOf(call);
          const { name, reEntry } = call.body;
          const gateId = newGateId();
          const made = await stores.door.makeGate({ gateId, performanceId, name, reEntry });
          if (!made) throw new Refusal("conflict");
          const { operatorId } = call.operator;
          await stores.operators.audit({
            operatorId,
            action: "gate.create",
            subject: gateId,
            detail: { name, reEntry },
          });
          return { gateId };
        }),
      ),
    },
    deskGateDevices: {
      POST: guard.acts(
        makesOnce(once, noBody, async (call, stores) => {
          const gateId = parseGateId(call.params.gateId);
          if (gateId === undefined || (await stores.door.gate(gateId)) === undefined) {
            throw new Refusal("not-found");
          }
          const code = newDeviceCode();
          const deviceId = newGateDeviceId();
          const codeHash = hashOfSecret(code);
          const device = { deviceId, gateId, codeHash, codeMs: deviceCodeMs };
          const { until } = await stores.door.makeDevice(device);
          const { operatorId } = call.operator;
          await stores.operators.audit({
            operatorId,
            action: "gate-device.create",
            subject: deviceId,
            detail: { gateId },
          });
          const shown = `${code.slice(0, 4)}-${code.slice(4)}`;
          return { code: shown, until } satisfies DeviceCode;
        }),
      ),
    },
    deskGateDevice: {
      DELETE: guard.acts(async (call) => {
        const deviceId = parseGateDeviceId(call.params.deviceId);
        if (deviceId === undefined || !(await door.revokeDevice(deviceId))) {
          throw new Refusal("not-found");
        }
        const { operatorId } = call.operator;
        await operators.audit({
          operatorId,
          action: "gate-device.revoke",
          subject: deviceId,
          detail: {},
        });
        return json({ kind: "revoked" });
      }),
    },
  };
}

async function viewOf(deps: DeskDoorDeps, performance: Performance): Promise<DoorView> {
  const { performanceId, planHash } = performance;
  const [counts, conflicts, index] = await Promise.all([
    deps.door.counts(performanceId),
    deps.door.conflicts(performanceId, maxConflicts),
    deps.sales.index(planHash),
  ]);
  return {
    ...counts,
    conflicts: conflicts.map((conflict) => {
      const known = index !== undefined && conflict.why !== "other-performance";
      const name = known ? seatName(index, conflict.seat) : undefined;
      const seat = {
        ko: name ? seatWords(name, "ko") : String(conflict.seat),
        en: name ? seatWords(name, "en") : String(conflict.seat),
      };
      return { ...conflict, seat };
    }),
    now: deps.clock.now(),
  };
}

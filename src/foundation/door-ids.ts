// Ids of what comes after the sale: transfers of tickets, gates, the phones at them.

import { type Id, newIdOf, parseIdOf } from "./ids.ts";

/** One handing over of a ticket to another person. */
export type TransferId = Id<"transfer">;
export type GateId = Id<"gate">;
/** A phone that was signed in for a gate. */
export type GateDeviceId = Id<"gate-device">;

export const newTransferId = () => newIdOf("tf") as TransferId;
export const newGateId = () => newIdOf("gt") as GateId;
export const newGateDeviceId = () => newIdOf("gd") as GateDeviceId;
export const parseGateId = (text: unknown) => parseIdOf("gt", text) as GateId | undefined;
export const parseGateDeviceId = (text: unknown) =>
  parseIdOf("gd", text) as GateDeviceId | undefined;

// Ids of what comes after the sale: refunds, transfers of tickets, gates, the phones at them.

import { type Id, newIdOf, parseIdOf } from "./ids.ts";

/** One giving back of money, for whole or single tickets of an order. */
export type RefundId = Id<"refund">;
/** One handing over of a ticket to another person. */
export type TransferId = Id<"transfer">;
export type GateId = Id<"gate">;
/** A phone that was signed in for a gate. */
export type GateDeviceId = Id<"gate-device">;

export const newRefundId = () => newIdOf("rf") as RefundId;
export const newTransferId = () => newIdOf("tf") as TransferId;
export const newGateId = () => newIdOf("gt") as GateId;
export const newGateDeviceId = () => newIdOf("gd") as GateDeviceId;
export const parseRefundId = (text: unknown) => parseIdOf("rf", text) as RefundId | undefined;
export const parseGateId = (text: unknown) => parseIdOf("gt", text) as GateId | undefined;
export const parseGateDeviceId = (text: unknown) =>
  parseIdOf("gd", text) as GateDeviceId | undefined;

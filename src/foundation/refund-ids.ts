// The id of a giving back of money, for whole or single tickets of an order.

import { type Id, newIdOf, parseIdOf } from "./ids.ts";

export type RefundId = Id<"refund">;

export const newRefundId = () => newIdOf("rf") as RefundId;
export const parseRefundId = (text: unknown) => parseIdOf("rf", text) as RefundId | undefined;

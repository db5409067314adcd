// Requests to pay an order again, kept in the transaction that begins the payment (M1): whoever asks
// again after a lost answer finds it, and nobody finds one whose payment was never begun. A request that
// could not be taken is not kept and may be asked again.

import type { OrderStore, PayRequest } from "../../../ports/order-store.ts";
import { type Database, type Runner, statement } from "../database.ts";

const sql = {
  keep: statement(
    "order-keep-pay-requests",
    `insert into pay_requests (order_id, idempotency_key, body_hash)
     select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing`,
  ),
  find: statement(
    "order-pay-request",
    `select body_hash as "bodyHash" from pay_requests where order_id = $1 and idempotency_key = $2`,
  ),
};

export async function payRequest(
  database: Database,
  { orderId, idempotencyKey, bodyHash }: PayRequest,
): ReturnType<OrderStore["payRequest"]> {
  const [before] = await database.rows<{ bodyHash: string }>(sql.find, [orderId, idempotencyKey]);
  if (before === undefined) return { kind: "new" };
  return { kind: before.bodyHash === bodyHash ? "repeated" : "mismatch" };
}

export async function keepPayRequests(
  tx: Runner,
  going: readonly { named?: PayRequest | undefined }[],
): Promise<void> {
  const named = going.flatMap((request) => request.named ?? []);
  if (named.length === 0) return;
  await tx.rows(sql.keep, [
    named.map(({ orderId }) => orderId),
    named.map(({ idempotencyKey }) => idempotencyKey),
    named.map(({ bodyHash }) => bodyHash),
  ]);
}

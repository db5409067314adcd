// Remembers each request to pay an order again, before anything is done about it (M1): the first one
// is `new`, its repeats are told apart from another body under the same key. Requests that cannot be
// taken, because the order is no draft, are not remembered.

import type { OrderStore } from "../../../ports/order-store.ts";
import { type Database, statement } from "../database.ts";

const sql = {
  take: statement(
    "order-take-pay-request",
    `insert into pay_requests (order_id, idempotency_key, body_hash)
     select order_id, $2, $3 from orders where order_id = $1 and state = 'draft'
     on conflict do nothing returning order_id`,
  ),
  taken: statement(
    "order-pay-request",
    `select body_hash as "bodyHash" from pay_requests where order_id = $1 and idempotency_key = $2`,
  ),
};

type Request = Parameters<OrderStore["takePayRequest"]>[0];

export async function takePayRequest(
  database: Database,
  { orderId, idempotencyKey, bodyHash }: Request,
): ReturnType<OrderStore["takePayRequest"]> {
  const made = await database.rows(sql.take, [orderId, idempotencyKey, bodyHash]);
  if (made.length > 0) return { kind: "new" };
  const [before] = await database.rows<{ bodyHash: string }>(sql.taken, [orderId, idempotencyKey]);
  if (before === undefined) return { kind: "new" };
  return { kind: before.bodyHash === bodyHash ? "repeated" : "mismatch" };
}

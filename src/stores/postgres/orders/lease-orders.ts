// Who may advance an order, and when. Leases are handed out oldest due first, skipping what another
// worker is just taking; a token per lease fences every write that follows. An order asked for by id
// is leased whether it is due or not (a fan cancels, a person reopens), but never while another has it.

import type { OrderId } from "../../../foundation/ids.ts";
import type { Leased, OrderStore } from "../../../ports/order-store.ts";
import { type Database, statement } from "../database.ts";
import { type OrderRow, orderReads, toOrder } from "./order-rows.ts";

const sql = {
  leaseDue: statement(
    "order-lease-due",
    `update orders set lease_token = gen_random_uuid()::text, nudged = false,
       lease_until = now_ms() + $2::bigint
     where order_id in (
       select order_id from orders where due_at <= now_ms() and lease_until <= now_ms()
       order by due_at for update skip locked limit $1)
     returning order_id as "orderId"`,
  ),
  leaseOne: statement(
    "order-lease-one",
    `update orders set lease_token = gen_random_uuid()::text, nudged = false,
       lease_until = now_ms() + $2::bigint
     where order_id = $1 and lease_until <= now_ms()
       and state not in ('confirmed', 'cancelled', 'refunded')
     returning order_id as "orderId"`,
  ),
  leaseLeft: statement(
    "order-lease-left",
    `select greatest(0, lease_until - now_ms())::bigint as "leftMs" from orders where order_id = $1`,
  ),
  nudge: statement(
    "order-nudge",
    `update orders set nudged = true, due_at = least(coalesce(due_at, now_ms()), now_ms())
     where order_id = $1 and state not in ('confirmed', 'cancelled', 'refunded', 'stuck')`,
  ),
};

export async function lease(
  database: Database,
  { limit, leaseMs, orderId }: Parameters<OrderStore["lease"]>[0],
): Promise<Leased[]> {
  return await database.transaction(async (tx) => {
    const taken = await tx.rows<{ orderId: OrderId }>(
      orderId === undefined ? sql.leaseDue : sql.leaseOne,
      [orderId ?? limit, leaseMs],
    );
    if (taken.length === 0) return [];
    const rows = await tx.rows<OrderRow>(orderReads.byIds, [taken.map((row) => row.orderId)]);
    return rows.map((row) => ({
      order: toOrder(row),
      leaseToken: row.leaseToken ?? "",
      until: row.leaseUntil,
    }));
  });
}

export async function leaseLeftMs(database: Database, orderId: OrderId): Promise<number> {
  const [row] = await database.rows<{ leftMs: number }>(sql.leaseLeft, [orderId]);
  return row?.leftMs ?? 0;
}

export async function nudge(database: Database, orderId: OrderId): Promise<void> {
  await database.rows(sql.nudge, [orderId]);
}

// What the foreign keys would cost that migration 0014 dropped (docs/adr/0046-no-foreign-keys.md): put
// back for one round, and dropped again.

import pg from "pg";

const keys = [
  ["orders", "on_sale_id", "on_sales"],
  ["orders", "performance_id", "performances"],
  ["order_lines", "order_id", "orders"],
  ["payments", "order_id", "orders"],
  ["tickets", "order_id", "orders"],
  ["tickets", "performance_id", "performances"],
] as const;

export async function withForeignKeys<T>(
  connectionString: string,
  work: () => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const [table, column, to] of keys) {
      // New rows are checked, which is what costs; those of former rounds need not be.
      const key = `foreign key (${column}) references ${to} not valid`;
      await client.query(`alter table ${table} add constraint p7_${column} ${key}`);
    }
    return await work();
  } finally {
    for (const [table, column] of keys) {
      await client.query(`alter table ${table} drop constraint if exists p7_${column}`);
    }
    await client.end();
  }
}

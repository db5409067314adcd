// pgbench with the very statements of the stores, in the order and the transactions of an order's way
// from the draft to the ticket: for so many orders at once as the stores would have in a batch, or for
// one. What the stores bring as parameters, pgbench has PostgreSQL make of a number.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../src/foundation/assert.ts";
import { allStatements } from "../../src/stores/postgres/database.ts";
import { planByKey } from "../../src/stores/postgres/pools/pool.ts";
import { seatsPerOrder, type Stage } from "./stage.ts";

type Load = { orders: number; batch: number; clients: number; keep: (text: string) => void };

/** Orders a second. */
export async function pgbench(
  connectionString: string,
  stage: Stage,
  { orders, batch, clients, keep }: Load,
): Promise<number> {
  const runs = Math.floor(orders / batch / clients);
  assert(runs > 0, `${orders} orders are too few`);
  const folder = mkdtempSync(join(tmpdir(), "usher-bench-pgbench-"));
  try {
    const script = join(folder, "order.sql");
    writeFileSync(script, scriptOf(stage, batch, runs));
    const options = ["-n", "-M", "prepared", "-f", script, "-c", `${clients}`, "-t", `${runs}`];
    const child = Bun.spawn(["pgbench", ...options, "-D", "run=-1", connectionString], {
      // As the stores' own connections are set.
      env: { ...process.env, PGOPTIONS: planByKey },
      stdout: "pipe",
      stderr: "pipe",
    });
    const text = await new Response(child.stdout).text();
    const errors = await new Response(child.stderr).text();
    keep(text);
    const done = /actually processed: (\d+)/.exec(text)?.[1];
    assert(done === String(runs * clients), `pgbench failed: ${errors.slice(0, 2_000)}`);
    return Number(/tps = ([\d.]+)/.exec(text)?.[1]) * batch;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function scriptOf(
  { onSaleId, performanceId, prefix, deadline }: Stage,
  batch: number,
  runs: number,
) {
  const last = `:first::integer + ${batch - 1}`;
  const each = (value: string, type = "text") =>
    `array(select (${value})::${type} from generate_series(:first::integer, ${last}) as n)`;
  const eachSeat = (value: string, type = "text") =>
    `array(select (${value})::${type} from generate_series((:first::integer) * ${seatsPerOrder}, (${last}) * ${seatsPerOrder} + ${seatsPerOrder - 1}) as s)`;
  const name = (kind: string, nth = "n") => `'${kind}_${prefix}-' || ${nth}`;
  const nthOfSeat = `s / ${seatsPerOrder}`;
  const orderOfSeat = name("or", nthOfSeat);
  const seatsOfOrders = [
    eachSeat(`'${performanceId}'`),
    eachSeat("s", "integer"),
    eachSeat(orderOfSeat),
  ];
  const nothing = (type: string) => each("null", type);
  const ids = each(name("or"));
  const record = (version: number, state: string, payment: string, ref: string) =>
    use("order-record", [
      ids,
      each("'token-' || n"),
      each(`${version}`, "integer"),
      each(`'${state}'`),
      nothing("text"),
      each("true", "boolean"),
      nothing("bigint"),
      each("true", "boolean"),
      each(`'${payment}'`),
      each(ref),
      nothing("text"),
      nothing("text"),
      nothing("bigint"),
      nothing("text"),
    ]);
  const transactions = [
    [
      use("order-insert", [
        ids,
        each(`'${onSaleId}'`),
        each(`'${performanceId}'`),
        each(name("qe")),
        each(name("hd")),
        each("198000", "bigint"),
        each("'KRW'"),
        each(`'{"name":"김서연","email":"fan@example.test","locale":"ko"}'`, "jsonb"),
        each(`${deadline}`, "bigint"),
        each("'order-' || n"),
        each("repeat('a', 64)"),
        each(`'{' || n * 2 || ',' || n * 2 + 1 || '}'`),
        eachSeat(orderOfSeat),
        eachSeat(`'${performanceId}'`),
        eachSeat("s", "integer"),
        eachSeat("'r'"),
        eachSeat("'101'"),
        eachSeat("'5'"),
        eachSeat("s"),
        eachSeat("99000", "bigint"),
      ]),
    ],
    [
      use("order-lock-drafts", [ids]),
      use("order-seats-confirm", [
        ...seatsOfOrders,
        eachSeat(name("qe", nthOfSeat)),
        eachSeat(name("hd", nthOfSeat)),
      ]),
      use("order-authorizing", [
        ids,
        each("'pgbench'"),
        each("'tok'"),
        each(`${deadline}`, "bigint"),
        each("'token-' || n"),
        each("30000", "bigint"),
      ]),
    ],
    [record(2, "capturing", "capturing", "'pi_' || n")],
    [
      use("issue-confirm", [
        ids,
        each("'token-' || n"),
        each("3", "integer"),
        each("'captured'"),
        nothing("text"),
      ]),
      use("order-seats-sell", seatsOfOrders),
      use("issue-tickets", [
        eachSeat(name("tk", "s")),
        eachSeat(orderOfSeat),
        eachSeat(`'${performanceId}'`),
        eachSeat("s", "integer"),
        eachSeat(`'${"c".repeat(120)}' || s`),
        eachSeat(`${deadline}`, "bigint"),
      ]),
    ],
  ];
  return [
    "\\set run :run + 1",
    `\\set first (:client_id * ${runs} + :run) * ${batch}`,
    ...transactions.flatMap((statements) => ["begin;", ...statements, "commit;"]),
    "",
  ].join("\n");
}

/** A statement of the stores by its name, with an expression for each parameter. */
function use(name: string, values: readonly string[]): string {
  const found = allStatements().find((statement) => statement.name === name);
  assert(found !== undefined, `no statement is named ${name}`);
  const text = found.text.replace(/\$(\d+)/g, (_, nth: string) => {
    const value = values[Number(nth) - 1];
    assert(value !== undefined, `${name} has more parameters`);
    return value;
  });
  return `${text};`;
}

// A failover is met by everybody who waits at that moment: what that costs PostgreSQL and the rebuilder,
// and that nobody is told "free" by an epoch that is over.

import { expect, test } from "bun:test";
import type { Fault } from "../foundation/fault.ts";
import { newId } from "../foundation/ids.ts";
import { openEpochs } from "./epochs.ts";

const onSaleId = newId("on-sale");
const many = 200;

/** A line whose store has lost its epoch; a rebuild raises it, and the store then has it. */
function lostLine({ rebuilds = true }: { rebuilds?: boolean } = {}) {
  const line = { durable: 4, inForce: 4, reads: 0, rebuilt: 0 };
  const epochs = openEpochs({
    catalog: { performance: async () => undefined },
    records: {
      async checkpoint() {
        line.reads++;
        await Bun.sleep(1);
        return { epoch: line.durable } as never;
      },
    },
    async onStale() {
      line.rebuilt++;
      await Bun.sleep(1);
      if (rebuilds) line.inForce = ++line.durable;
    },
  });
  const ask = () =>
    epochs.queue(onSaleId, async ({ epoch }) => {
      await Bun.sleep(Math.random() * 3);
      return epoch === line.inForce ? { kind: "ok" as const, epoch } : { kind: "stale-epoch" };
    });
  return { line, ask };
}

test("all who meet a lost store at once share one question and one rebuild", async () => {
  const { line, ask } = lostLine();
  expect(await ask()).toEqual({ kind: "ok", epoch: 4 });
  line.inForce = -1;
  const before = line.reads;
  const replies = await Promise.all(Array.from({ length: many }, ask));
  expect(new Set(replies.map(({ epoch }) => epoch))).toEqual(new Set([5]));
  expect(line.rebuilt).toBe(1);
  expect(line.reads - before).toBeLessThanOrEqual(2);
});

test("a view that is only old is renewed without a rebuild", async () => {
  const { line, ask } = lostLine();
  await ask();
  line.durable = line.inForce = 9;
  const replies = await Promise.all(Array.from({ length: many }, ask));
  expect(replies.every(({ epoch }) => epoch === 9)).toBe(true);
  expect(line.rebuilt).toBe(0);
});

test("a store lost again while it is being renewed is renewed again", async () => {
  const { line, ask } = lostLine();
  await ask();
  line.durable = 5;
  line.inForce = -1;
  expect(await ask()).toEqual({ kind: "ok", epoch: 6 });
});

test("a store that stays without its epoch is a fault that may be tried again, and grants nothing", async () => {
  const { line, ask } = lostLine({ rebuilds: false });
  line.inForce = -1;
  const fault = await ask().catch((error: unknown) => error as Fault);
  expect(fault).toMatchObject({ code: "rebuilding", retryable: true });
});

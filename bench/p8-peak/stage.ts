// What the fans of a peak meet: an on-sale that is open, a gateway and a box office as processes of their
// own, started for this run; fans who wait with their queue tokens, and fans whose shop session runs, whose
// admissions lie in PostgreSQL before the box office reads them. No worker: a box office ends itself what
// it begins, and nobody's mail is part of this.

import pg from "pg";
import { sessionCookie } from "../../src/box-office/guard.ts";
import { demoArena } from "../../src/domain/seating/demo-arena.ts";
import { signQueueToken } from "../../src/domain/waiting-room/queue-token.ts";
import { assert } from "../../src/foundation/assert.ts";
import { newId } from "../../src/foundation/ids.ts";
import { signSessionToken } from "../../src/http/session-token.ts";
import { pathTo } from "../../src/wire/routes.ts";
import type { Installation } from "../support/installation.ts";
import type { Cast } from "./requests.ts";

const waitingFans = 20_000;
const lateFans = 1_000;
const takenSeats = [0, 1, 2] as const;
const shopMs = 3_600_000;

export type PeakStage = {
  cast: Cast;
  ports: { gateway: number; shop: number };
  pids: { gateway: number; shop: number };
  /** Orders that have come to their tickets. */
  confirmed(): Promise<number>;
  close(): Promise<void>;
};

export async function openPeakStage(installation: Installation): Promise<PeakStage> {
  const { postgres } = installation;
  const seats = demoArena().sections.reduce(
    (count, { rows }) => count + rows.reduce((all, row) => all + row.seats.length, 0),
    0,
  );
  const buyers = seats - takenSeats.length;
  const settings = { ratePerSec: 1, maxCapacity: 100_000, seatsPerFan: 4 };
  const { onSaleId } = await installation.createOnSale(0, settings);
  const { admissionEpoch } = await postgres.lineRecords.open(onSaleId, 0);
  const [queueKeys, shopKeys] = [
    await postgres.keys.sealing("queue-token"),
    await postgres.keys.sealing("shop-session"),
  ];
  const expiresAt = Date.now() + shopMs;
  const prefix = onSaleId.slice(-12);
  const shoppers = Array.from({ length: 1 + lateFans + buyers }, (_, nth) => {
    const [entry, admissionId] = [newId("entry"), `${prefix}-${nth}`];
    const claims = { onSale: onSaleId, entry, admissionId, epoch: admissionEpoch, expiresAt };
    const token = signSessionToken(shopKeys, claims);
    return { entry, cookie: `${sessionCookie(onSaleId, false)}=${token}` };
  });
  const entries = shoppers.map(({ entry }) => entry);
  await admit(installation, onSaleId, { prefix, entries, expiresAt });
  // Behind them stand those who wait; who joins now comes after these.
  const bearers = Array.from({ length: waitingFans }, (_, nth) => {
    const place = { entryId: newId("entry"), index: shoppers.length + nth, joinedAt: Date.now() };
    return signQueueToken(queueKeys, { onSaleId, ...place });
  });
  const { epoch } = await postgres.lineRecords.checkpoint(onSaleId);
  await postgres.lineRecords.raiseMark({ onSaleId, epoch }, shoppers.length + waitingFans);
  const gateway = await installation.start("gateway");
  const shop = await installation.start("box-office");
  const watching = new pg.Client({ connectionString: installation.connectionString });
  await watching.connect();
  const cookies = shoppers.map(({ cookie }) => cookie);
  const [first = "", ...others] = cookies;
  const held = await fetch(shop.url + pathTo("holds", { onSaleId }), {
    method: "POST",
    headers: { cookie: first, "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify({ seats: takenSeats }),
  });
  assert(held.status === 201, `the seats could not be taken: ${await held.text()}`);
  const buying = others.slice(lateFans);
  return {
    cast: {
      onSaleId,
      bearers,
      late: others.slice(0, lateFans),
      buyers: buying.map((cookie, nth) => ({ cookie, seat: takenSeats.length + nth })),
      takenSeats,
      paymentMethod: await installation.paymentMethod(),
    },
    ports: { gateway: gateway.process.port(), shop: shop.process.port() },
    pids: { gateway: gateway.process.pid(), shop: shop.process.pid() },
    async confirmed() {
      const { rows } = await watching.query<{ confirmed: number }>(
        "select count(*)::integer as confirmed from orders where on_sale_id = $1 and state = 'confirmed'",
        [onSaleId],
      );
      return rows[0]?.confirmed ?? 0;
    },
    async close() {
      await Promise.all([gateway.process.stop(), shop.process.stop()]);
      try {
        // The next stage's gateway would lead this line as well, and after fifty stages fifty of them.
        await watching.query("delete from admissions where on_sale_id = $1", [onSaleId]);
        await watching.query("delete from on_sales where on_sale_id = $1", [onSaleId]);
      } finally {
        await watching.end();
      }
    },
  };
}

async function admit(
  { connectionString }: Installation,
  onSaleId: string,
  { prefix, entries, expiresAt }: { prefix: string; entries: readonly string[]; expiresAt: number },
): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(
      `insert into admissions (admission_id, on_sale_id, entry_id, index, position, deadline)
       select $4 || '-' || nth - 1, $1, entry, nth - 1, nth - 1, $3
       from unnest($2::text[]) with ordinality as fan (entry, nth)`,
      [onSaleId, entries, expiresAt, prefix],
    );
  } finally {
    await client.end();
  }
}

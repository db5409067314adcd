// Tickets after buying, over HTTP on real stores: their files, the list of revocations, and a ticket
// that goes from one person to another.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { type BoxOfficeUnderTest, startBoxOffice } from "../../../test/support/box-office.ts";
import { until } from "../../../test/support/until.ts";
import { type Bought, buyTickets } from "../../../test/support/tickets.ts";
import { composeMails } from "../../tickets/compose-mail.ts";
import type { OutboxRow } from "../../ports/outbox.ts";
import type { HoldingView, OfferedTicket } from "../../wire/contract.ts";
import type { Problem } from "../../wire/problems.ts";
import {
  readRevocationList,
  type SignedRevocationList,
} from "../../wire/tickets/revocation-list.ts";
import { pathTo, type Route } from "../../wire/routes.ts";
import type { TicketKey } from "../../wire/tickets/ticket-code.ts";

let shop: BoxOfficeUnderTest;
let database: pg.Pool;
let origin = "";
let nextSeat = 0;

beforeAll(async () => {
  shop = await startBoxOffice();
  origin = new URL(shop.api).origin;
  database = new pg.Pool({ connectionString: shop.connectionString, max: 2 });
}, 60_000);
afterAll(async () => {
  await database?.end();
  await shop?.stop();
}, 30_000);

const buy = (count = 1): Promise<Bought> => {
  const seats = Array.from({ length: count }, (_, i) => nextSeat + i);
  nextSeat += count;
  return buyTickets(shop, seats);
};

async function send<Body>(
  route: Route,
  body: unknown,
  method: "POST" | "DELETE" = "POST",
  key: string = crypto.randomUUID(),
) {
  const response = await fetch(origin + pathTo(route), {
    method,
    body: JSON.stringify(body),
    headers: { "idempotency-key": key },
  });
  const value: unknown = await response.json();
  return { status: response.status, body: value as Body, problem: value as Problem };
}
const reasonOf = ({ status, problem }: { status: number; problem: Problem }) => [
  status,
  problem.facts?.["reason"],
];
const get = (route: Route, params: Record<string, string>) => fetch(origin + pathTo(route, params));

async function mailsOwed(topics: string[]): Promise<OutboxRow[]> {
  const rows = await shop.stores.outbox.take(1_000, 0);
  return rows.filter(({ topic }) => topics.includes(topic));
}
const compose = (row: OutboxRow) =>
  composeMails({
    store: shop.stores.orders,
    refunds: shop.stores.refunds,
    catalog: shop.stores.catalog,
    holding: shop.stores.ticketHolding,
    signer: async () => (await shop.stores.keys.signing("ticket")).signer,
    publicUrl: "https://shop.test",
  })(row);

async function revocations() {
  const { performanceId } = shop.performance;
  const { keys } = (await (await get("ticketKeys", {})).json()) as { keys: TicketKey[] };
  const signed = (await (
    await get("revocations", { performanceId })
  ).json()) as SignedRevocationList;
  return { keys, signed, list: await readRevocationList(keys, signed) };
}

/** The link that the giver is shown. */
async function offered(holder: string, email = "friend@example.org"): Promise<string> {
  const reply = await send<HoldingView>("ticketOffer", { holder, email, locale: "en" });
  expect(reply.status).toBe(200);
  expect(reply.body.offer?.to).toBe("fr••••@ex•••");
  return reply.body.offer?.url.split("/").at(-1) ?? "";
}
const receiver = { name: "Min", email: "friend@example.org", locale: "en" };

test("files of a ticket, none of which a cache may keep", async () => {
  const { codes } = await buy();
  const params = { code: codes[0] ?? "" };
  const kinds = {
    ticketPdf: ["application/pdf", "%PDF-"],
    ticketPng: ["image/png", "\x89PNG"],
    ticketSvg: ["image/svg+xml", "<svg"],
    ticketCalendar: ["text/calendar; charset=utf-8", "BEGIN:VCALENDAR"],
  } as const;
  for (const [route, [type, begins]] of Object.entries(kinds)) {
    const response = await get(route as Route, params);
    const bytes = Buffer.from(await response.arrayBuffer()).toString("latin1");
    expect({ route, status: response.status }).toEqual({ route, status: 200 });
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(bytes.startsWith(begins)).toBe(true);
    if (route === "ticketCalendar") expect(bytes).not.toContain(params.code.slice(0, 40));
    const wrong = await get(route as Route, { code: `${params.code.slice(0, -1)}_` });
    expect(wrong.status).toBe(404);
  }
});

test("given away: the old code ends, a new one is issued, both people are told", async () => {
  const { holders, codes, tickets, orderId } = await buy(2);
  const before = await revocations();
  const offer = await offered(holders[0] ?? "");
  const shown = await send<OfferedTicket>("offered", { offer });
  expect(shown.body.seat.en.seat).toBe(tickets[0]?.seat.seat ?? -1);

  const taken = await send<{ url: string }>("offeredAccept", { offer, receiver });
  expect(taken.status).toBe(200);
  const again = await send<{ url: string }>("offeredAccept", { offer, receiver });
  expect(again.body).toEqual(taken.body);
  const other = { ...receiver, email: "thief@example.org" };
  expect(reasonOf(await send("offeredAccept", { offer, receiver: other }))).toEqual([
    409,
    "offer-ended",
  ]);

  const [path = "", holder = ""] = taken.body.url.split("#h=");
  const code = path.split("/").at(-1) ?? "";
  expect(code).not.toBe(codes[0] ?? "");
  const page = (await (await get("ticket", { code })).json()) as { state: string };
  expect(page.state).toBe("live");
  expect((await get("ticketPdf", { code: codes[0] ?? "" })).status).toBe(404);
  const { rows } = await database.query(
    "select state, count(*)::int from tickets where order_id = $1 group by state order by state",
    [orderId],
  );
  expect(rows).toEqual([
    { state: "live", count: 2 },
    { state: "revoked", count: 1 },
  ]);

  const wanted = (before.list?.version ?? 0) + 1;
  await until("the list to be newer", async () => {
    return (await revocations()).list?.version === wanted;
  });
  const { list, signed, keys } = await revocations();
  expect(list?.revoked).toContain(tickets[0]?.ticketId as never);
  const forged = { ...signed, list: signed.list.replace(/"revoked":\[.*\]/, '"revoked":[]') };
  expect(await readRevocationList(keys, forged)).toBeUndefined();

  // The giver's order never shows the receiver's code, and the giver's code can do nothing more.
  const own = await shop.stores.orders.tickets(orderId);
  expect(own.map((ticket) => ticket.code)).not.toContain(code);
  const regiven = { holder: holders[0], email: "x@example.org", locale: "ko" };
  expect(reasonOf(await send("ticketOffer", regiven))).toEqual([409, "not-valid"]);

  const mails = await Promise.all(
    (await mailsOwed(["ticket-received", "ticket-given", "ticket-offered"])).map(compose),
  );
  const to = (address: string) => mails.filter((mail) => mail?.to === address);
  const [received] = to("friend@example.org");
  expect(received?.subject).toBe("Your ticket · A trial");
  expect(received?.text).toContain(code);
  expect(received?.text).toContain(`#h=${holder}`);
  expect(received?.attachments?.map(({ contentType }) => contentType)).toEqual([
    "image/png",
    "text/calendar; charset=utf-8; method=PUBLISH",
  ]);
  const [given] = to("haneul@example.com");
  expect(given?.subject).toBe("티켓이 전달되었습니다 · 시험 공연");
  expect(given?.text).not.toContain(code);
});

test("an offer that was taken back is worth nothing, and a second one needs the first to end", async () => {
  const { holders } = await buy();
  const holder = holders[0] ?? "";
  const offer = await offered(holder);
  const second = { holder, email: "b@example.org", locale: "ko" };
  // To the same person it is the same offer.
  expect(await offered(holder)).toBe(offer);
  expect(reasonOf(await send("ticketOffer", second))).toEqual([409, "offer-open"]);
  const back = await send<HoldingView>("ticketOffer", { holder }, "DELETE");
  expect(back.body.offer).toBeUndefined();
  expect(reasonOf(await send("offered", { offer }))).toEqual([409, "offer-ended"]);
  expect(reasonOf(await send("offeredAccept", { offer, receiver }))).toEqual([409, "offer-ended"]);
  // A few a day, whoever asks.
  for (let i = 0; i < 4; i++) {
    await offered(holder);
    await send("ticketOffer", { holder }, "DELETE");
  }
  expect(reasonOf(await send("ticketOffer", second))).toEqual([409, "too-often"]);
});

test("the script in docs/integrating.md tells a ticket from one that has ended, and from a forged one", async () => {
  const document = await readFile(join(import.meta.dir, "../../../docs/integrating.md"), "utf8");
  const script = /```js\n(\/\/ node check-ticket[^]*?)```/.exec(document)?.[1] ?? "";
  const said = async (code: string) => {
    // With a script in an option, the first argument stands where its file would.
    const args = ["--input-type=module", "-e", script, "check-ticket.mjs", origin, code];
    const child = Bun.spawn(["node", ...args], { stdout: "pipe", stderr: "inherit" });
    return (await new Response(child.stdout).text()).trim();
  };
  const { codes, holders, tickets } = await buy();
  const code = codes[0] ?? "";
  const forged = `${code.slice(0, 68)}${code[68] === "A" ? "B" : "A"}${code.slice(69)}`;
  expect(await said(code)).toBe(`valid, seat ${tickets[0]?.seat.seat}`);
  expect(await said(forged)).toBe("forged");
  expect(await said("nonsense")).toBe("not a ticket");
  const offer = await offered(holders[0] ?? "");
  await send("offeredAccept", { offer, receiver });
  await until("the list to tell", async () => (await said(code)) === "ended");
}, 30_000);

test("many accept at the same instant: one of them has it", async () => {
  const { holders, orderId } = await buy();
  const offer = await offered(holders[0] ?? "");
  const replies = await Promise.all(
    Array.from({ length: 12 }, (_, i) => {
      const person = { ...receiver, email: `${i}@example.org` };
      return send("offeredAccept", { offer, receiver: person });
    }),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(replies.filter(({ status }) => status === 409)).toHaveLength(11);
  const { rows } = await database.query(
    "select 1 from tickets where order_id = $1 and state = 'live'",
    [orderId],
  );
  expect(rows).toHaveLength(1);
});

test("from hand to hand three times, then it stays; and where the on-sale forbids it, at once", async () => {
  const { holders } = await buy();
  let holder = holders[0] ?? "";
  for (let i = 0; i < 3; i++) {
    const offer = await offered(holder);
    const taken = await send<{ url: string }>("offeredAccept", { offer, receiver });
    holder = taken.body.url.split("#h=")[1] ?? "";
  }
  const more = { holder, email: "d@example.org", locale: "ko" };
  expect(reasonOf(await send("ticketOffer", more))).toEqual([409, "too-many"]);

  const kept = await buy();
  const { catalog } = shop.stores;
  const setTransfers = async (ticketTransfers: boolean) => {
    const { version, settings } = (await catalog.onSale(shop.onSale.onSaleId)) ?? shop.onSale;
    await catalog.update(shop.onSale.onSaleId, version, {
      settings: { ...settings, ticketTransfers },
    });
    await until("the box office to see it", async () => {
      const reply = await send<HoldingView>("ticketHolding", { holder: kept.holders[0] });
      return (reply.body.keptBecause === "forbidden-by-sale") === !ticketTransfers;
    });
  };
  await setTransfers(false);
  const offer = { holder: kept.holders[0], email: "e@example.org", locale: "ko" };
  expect(reasonOf(await send("ticketOffer", offer))).toEqual([409, "forbidden-by-sale"]);
  await setTransfers(true);
}, 20_000);

test("no code stands in for another: a photographed QR gives nothing away", async () => {
  const { codes, holders } = await buy();
  const body = (holder: unknown) => ({ holder, email: "x@example.org", locale: "ko" });
  expect((await send("ticketOffer", body(codes[0]))).status).toBe(400);
  expect((await send("ticketOffer", body(codes[0]?.slice(0, 120)))).status).toBe(404);
  const offer = await offered(holders[0] ?? "");
  expect((await send("ticketOffer", body(offer))).status).toBe(404);
  expect((await send("offered", { offer: holders[0] })).status).toBe(404);
  const holder = holders[0] ?? "";
  for (let at = 0; at < holder.length; at++) {
    const changed = holder.slice(0, at) + (holder[at] === "A" ? "B" : "A") + holder.slice(at + 1);
    expect((await send("ticketHolding", { holder: changed })).status).toBe(404);
  }
});

test("mailed again to its holder only, and not without end", async () => {
  const { holders } = await buy();
  const holder = holders[0] ?? "";
  const keys = [0, 1, 2].map(() => crypto.randomUUID());
  // Twice each, and at once: a mail for each key, and the same answer.
  for (const key of [...keys, ...keys]) {
    const again = [1, 2, 3].map(() => send<{ to: string }>("ticketAgain", { holder }, "POST", key));
    for (const reply of await Promise.all(again))
      expect([reply.status, reply.body.to]).toEqual([202, "ha••••@ex•••"]);
  }
  const reply = await send("ticketAgain", { holder });
  expect([reply.status, reply.problem.code]).toEqual([429, "mail-too-often"]);
  const owed = await mailsOwed(["ticket-again"]);
  expect(owed).toHaveLength(3);
  const [row] = owed;
  const mail = row && (await compose(row));
  expect(mail?.to).toBe("haneul@example.com");
});

// The desk's API over HTTP, on real PostgreSQL, a real hot store and a real pacer.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { type TestDesk, startDesk } from "../../../test/support/desk.ts";
import { until } from "../../../test/support/until.ts";
import type {
  ActionPreview,
  AuditEntry,
  DeskSale,
  DeskSaleRow,
  HealthView,
  NewOnSale,
  PlanImported,
  StuckOrder,
} from "../../wire/desk-contract.ts";
import type { Problem } from "../../wire/problems.ts";
import { ensureFirstOperator } from "./first-operator.ts";

let desk: TestDesk;
let cookie = "";

beforeAll(async () => {
  desk = await startDesk();
  const answer = await call("POST", "/sign-in", desk.owner);
  expect(answer.status).toBe(200);
  cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}, 60_000);
afterAll(() => desk.stop());

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const key = { "idempotency-key": crypto.randomUUID() };
  const init: RequestInit = { method, headers: { cookie, ...key, ...headers } };
  if (body !== undefined) init.body = body instanceof FormData ? body : JSON.stringify(body);
  return fetch(`${desk.address}/desk/api${path}`, init);
}
async function got<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await call(method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
const refused = async (answer: Response) => (await answer.json()) as Problem;

function wanted(change: Partial<NewOnSale> = {}): NewOnSale {
  const now = Date.now();
  const { performanceId } = desk.performance;
  return {
    performance: { performanceId },
    preQueueAt: now,
    opensAt: now + 3_600_000,
    closesAt: now + 7_200_000,
    currency: "KRW",
    prices: { vip: 198_000, r: 165_000, s: 132_000, a: 99_000 },
    settings: desk.onSale.settings,
    ...change,
  };
}

describe("who may sit here", () => {
  test("nobody without a session", async () => {
    for (const [method, path] of [
      ["GET", "/me"],
      ["GET", "/plans"],
      ["GET", "/on-sales"],
      ["POST", "/on-sales"],
      ["GET", "/audit"],
      ["GET", "/stuck-orders"],
      ["GET", `/on-sales/${desk.onSale.onSaleId}/live`],
      ["POST", `/on-sales/${desk.onSale.onSaleId}/actions`],
    ] as const) {
      const answer = await fetch(`${desk.address}/desk/api${path}`, { method });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });

  test("the cookie is only for this origin's own pages, and not readable by scripts", async () => {
    const header = (await call("POST", "/sign-in", desk.owner)).headers.get("set-cookie");
    expect(header).toContain("HttpOnly");
    expect(header).toContain("SameSite=Strict");
  });

  test("a request from another site is refused even with the cookie", async () => {
    const answer = await call("POST", "/plans/demo", undefined, { "sec-fetch-site": "cross-site" });
    expect(answer.status).toBe(403);
  });

  test("a viewer reads and does not act", async () => {
    const person = { email: "v@example.org", password: "only looking here" };
    await desk.stores.operators.create({ ...person, name: "V", role: "viewer" });
    const signedIn = await call("POST", "/sign-in", person);
    const own = { cookie: (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
    expect((await call("GET", "/on-sales", undefined, own)).status).toBe(200);
    expect((await call("POST", "/plans/demo", undefined, own)).status).toBe(403);
  });

  test("wrong passwords are slowed, and told how long", async () => {
    const wrong = { email: "nobody@example.org", password: "wrong" };
    // The first wait is a second, and a check of a password may take that long here: attempts.test.ts has
    // the exact rule, by a clock of its own.
    const statuses: number[] = [];
    let last: Response | undefined;
    while (last?.status !== 429 && statuses.length < 12) {
      last = await call("POST", "/sign-in", wrong);
      statuses.push(last.status);
    }
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(last?.status).toBe(429);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("the first operator is made once", async () => {
    expect(await ensureFirstOperator(desk.stores.operators)).toBeUndefined();
    expect(desk.owner.password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });

  test("signing out ends the session", async () => {
    const signedIn = await call("POST", "/sign-in", desk.owner);
    const own = { cookie: (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
    expect((await call("GET", "/me", undefined, own)).status).toBe(200);
    await call("POST", "/sign-out", undefined, own);
    expect((await call("GET", "/me", undefined, own)).status).toBe(401);
  });
});

describe("plans", () => {
  test("a file becomes a plan, told in numbers", async () => {
    const file = JSON.stringify(
      desk.stores.catalog && (await desk.stores.catalog.plan(desk.performance.planHash)),
    );
    const form = new FormData();
    form.append("file", new File([file], "arena.json"));
    const imported = await got<PlanImported>("POST", "/plans/import?called=Copy", form);
    expect(imported.format).toBe("usher-plan");
    expect(imported.plan.name.en).toBe("Copy");
    expect(imported.plan.places).toBe(desk.performance.seatCount);
    const places = imported.plan.categories.reduce((sum, category) => sum + category.places, 0);
    expect(places).toBe(imported.plan.places);
  });

  test("what is no plan is refused with the place", async () => {
    const answer = await fetch(`${desk.address}/desk/api/plans/import?name=x.json`, {
      method: "POST",
      headers: { cookie },
      body: '{"zones": [',
    });
    const problem = await refused(answer);
    expect([answer.status, problem.code]).toEqual([422, "plan-refused"]);
    expect(problem.errors?.[0]?.where).toContain("x.json, line 1");
  });

  test("bytes that are no text are refused", async () => {
    const form = new FormData();
    form.append("file", new File([new Uint8Array([0xff, 0xfe, 0x00, 0xc3])], "x.json"));
    expect((await refused(await call("POST", "/plans/import", form))).code).toBe("plan-refused");
  });
});

describe("creating an on-sale", () => {
  test("from a plan, with everything checked", async () => {
    const sale = await got<DeskSale>("POST", "/on-sales", wanted());
    expect(sale).toMatchObject({ phase: "scheduled", version: 1 });
    expect(JSON.stringify(sale)).not.toContain('"seed"');
  });

  const cases: [string, (base: NewOnSale) => NewOnSale, string][] = [
    [
      "a colour that no ink can be read on",
      (base) => ({ ...base, settings: { ...base.settings, accent: "#7a7a7a" } }),
      "settings.accent",
    ],
    ["a missing price", (base) => ({ ...base, prices: { vip: 1 } }), "prices.r"],
    [
      "an opening before the pre-queue",
      (base) => ({ ...base, preQueueAt: base.opensAt + 1 }),
      "preQueueAt",
    ],
    [
      "an end in the past",
      (base) => ({ ...base, preQueueAt: 1, opensAt: 2, closesAt: 3 }),
      "closesAt",
    ],
    [
      "a rate of nothing",
      (base) => ({ ...base, settings: { ...base.settings, ratePerSec: 0 } }),
      "settings.ratePerSec",
    ],
    ["no currency", (base) => ({ ...base, currency: "XQZ" }), "currency"],
  ];
  test.each(cases)("refuses %s at its place", async (_, change, where) => {
    const before = (await desk.stores.catalog.onSales()).length;
    const problem = await refused(await call("POST", "/on-sales", change(wanted())));
    expect(problem.code).toBe("bad-request");
    expect(problem.errors?.map((error) => error.where)).toContain(where);
    expect((await desk.stores.catalog.onSales()).length).toBe(before);
  });
});

describe("an evening", () => {
  let sale: DeskSale;
  const path = () => `/on-sales/${sale.onSaleId}`;
  const act = async (kind: string, more: object = {}) =>
    (sale = (
      await got<DeskSaleRow>("POST", `${path()}/actions`, { kind, version: sale.version, ...more })
    ).sale);

  /** The pacer moves it too; what an operator decides is decided on what there is then. */
  const begin = async () => {
    sale = await got<DeskSale>("POST", "/on-sales", wanted());
    await until("the pre-queue", async () => {
      sale = (await got<DeskSaleRow>("GET", path())).sale;
      return sale.phase === "pre-queue";
    });
  };

  test("preview, open, pause, resume, change the pace, close: each audited", async () => {
    await begin();
    const onSale = (await desk.stores.catalog.onSale(sale.onSaleId))!;
    await desk.join(onSale, 400);
    const pace = { kind: "pace", version: sale.version, ratePerSec: 10, maxCapacity: 100_000 };
    const previewed = () => got<ActionPreview>("POST", `${path()}/preview`, pace);
    // The desk's numbers are at most a second old.
    await until("400 to wait", async () => (await previewed()).waiting === 400);
    const preview = await previewed();
    expect(preview).toMatchObject({ waiting: 400, active: 0 });
    expect(preview.after?.perMin).toEqual({ low: 600, high: 600 });
    expect(preview.after?.lineMs).toEqual({ low: 40_000, high: 40_000 });

    expect(await act("open")).toMatchObject({ phase: "open", cohort: 400 });
    expect(await act("pause")).toMatchObject({ paused: true });
    expect(await act("resume")).toMatchObject({ paused: false });
    const paced = await act("pace", { ratePerSec: 120, maxCapacity: 4_000 });
    expect(paced.settings).toMatchObject({ ratePerSec: 120, maxCapacity: 4_000, holdMs: 300_000 });
    expect(await act("close")).toMatchObject({ phase: "closed" });

    const { entries } = await got<{ entries: AuditEntry[] }>("GET", "/audit");
    const own = entries.filter(({ subject }) => subject === sale.onSaleId).reverse();
    expect(own.map(({ action }) => action)).toEqual([
      "on-sale.create",
      "on-sale.open",
      "on-sale.pause",
      "on-sale.resume",
      "on-sale.pace",
      "on-sale.close",
    ]);
    expect(own[4]?.detail).toMatchObject({
      before: { ratePerSec: 50 },
      after: { ratePerSec: 120 },
    });
    expect(own.every(({ operator }) => operator === "Desk")).toBe(true);
  });

  test("what was decided on an old state is refused, and what the phase forbids too", async () => {
    await begin();
    const old = await refused(
      await call("POST", `${path()}/actions`, { kind: "open", version: 99 }),
    );
    expect([old.code, old.facts?.["version"]]).toEqual(["conflict", sale.version]);
    const { version } = sale;
    const early = await refused(
      await call("POST", `${path()}/actions`, { kind: "pause", version }),
    );
    expect(early.code).toBe("no-such-step");
  });

  test("two operators at once: one wins, the other is told", async () => {
    await begin();
    const body = { kind: "pace", version: sale.version, ratePerSec: 77, maxCapacity: 777 };
    const answers = await Promise.all([1, 2, 3].map(() => call("POST", `${path()}/actions`, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

test("the live stream brings the history, then a sample every second", async () => {
  const sale = await got<DeskSale>("POST", "/on-sales", wanted());
  const ended = new AbortController();
  const response = await fetch(`${desk.address}/desk/api/on-sales/${sale.onSaleId}/live`, {
    headers: { cookie },
    signal: ended.signal,
  });
  let text = "";
  for await (const chunk of response.body!) {
    text += Buffer.from(chunk).toString();
    if (text.split("event: live").length > 3) break;
  }
  ended.abort();
  expect(text).toStartWith("event: history");
  const [, sample] = /event: live\ndata: (.*)\n/.exec(text) ?? [];
  expect(JSON.parse(sample ?? "{}")).toMatchObject({ line: { waiting: 0 }, maxCapacity: 1_000 });
});

test("a stuck order comes with what a person needs, and is counted", async () => {
  const { performanceId } = desk.performance;
  const client = new pg.Client({ connectionString: desk.connectionString });
  await client.connect();
  const buyer = JSON.stringify({ name: "Kim", email: "kim@example.org", locale: "ko" });
  await client.query(
    `insert into orders (order_id, on_sale_id, performance_id, entry_id, hold_id, amount, currency,
       buyer, deadline, idempotency_key, body_hash, attempt)
     values ('or_1', $1, $2, 'qe_1', 'hd_1', 264000, 'KRW', $3, 1, 'k', 'b', 1)`,
    [desk.onSale.onSaleId, performanceId, buyer],
  );
  await client.query(
    `insert into order_lines (order_id, performance_id, seat, category, section, "row", label, amount)
     values ('or_1', $1, 7, 'vip', '101', '5', '12', 264000)`,
    [performanceId],
  );
  await client.query(
    `insert into payments (order_id, attempt, provider, state, amount, currency, method, provider_ref)
     values ('or_1', 1, 'sandbox', 'unknown', 264000, 'KRW', 'card', 'pay_9')`,
  );
  await client.query(
    "update orders set state = 'stuck', version = 2, reason = 'provider silent' where order_id = 'or_1'",
  );
  await client.end();
  const { orders } = await got<{ orders: StuckOrder[] }>("GET", "/stuck-orders");
  expect(orders).toMatchObject([
    {
      orderId: "or_1",
      buyerName: "Kim",
      amount: { amount: 264_000, currency: "KRW" },
      seats: ["101 5 12"],
      reason: "provider silent",
      payment: { provider: "sandbox", state: "unknown", providerRef: "pay_9" },
      history: [{ state: "draft" }, { state: "stuck", reason: "provider silent" }],
    },
  ]);
  await until(
    "the stuck order",
    async () => (await got<HealthView>("GET", "/health")).stuckOrders === 1,
  );
  expect((await got<HealthView>("GET", "/health")).status).toBe("degraded");
});

test("health: every process to who is signed in, their number to anybody; one that died is gone", async () => {
  const { processReports } = desk.stores;
  const report = {
    instance: "another",
    roles: ["worker" as const],
    host: "elsewhere",
    pid: 4_711,
    startedAt: 1,
    measures: { pool: { inUse: 1, max: 4, waiting: 0 } },
  };
  const own = await got<HealthView>("GET", "/health");
  await processReports.write(report);
  const both = async () => (await got<HealthView>("GET", "/health")).processes;
  await until("the other", async () => (await both()).length === own.processes.length + 1);
  const other = (await both()).find(({ pid }) => pid === 4_711);
  expect(other).toMatchObject({ roles: ["worker"], host: "elsewhere", gone: false, leads: 0 });
  const open = (await (await fetch(`${desk.address}/health`)).json()) as { processes: object };
  expect(open.processes).toEqual({ there: own.processes.length + 1, gone: 0 });
  expect(JSON.stringify(open)).not.toContain("elsewhere");
  await processReports.end("another");
  await until("it to be gone", async () => (await both()).length === own.processes.length);
});

test("health: five points for anybody, with the thresholds", async () => {
  const answer = await fetch(`${desk.address}/health`);
  expect(answer.status).toBe(200);
  const view = (await answer.json()) as HealthView;
  expect(view.points.map(({ name }) => name)).toEqual([
    "queue-size",
    "admission-rate",
    "holds-near-deadline",
    "database-pool",
    "hot-store-memory",
  ]);
  expect(view).toMatchObject({ database: { answers: true }, hotStore: { answers: true } });
  expect(JSON.stringify(view)).not.toContain("or_1");
});

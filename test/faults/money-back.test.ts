// Money on its way back through the whole platform, as it runs: what a refund at the desk does to map,
// gates and mailbox; and a payment that comes after its hold, whose seats somebody else has, from the
// cancelled order to another seat by way of the front of the line.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readSandboxKeys } from "../../src/payments/sandbox/keys.ts";
import type { ClaimResult, OrderView } from "../../src/wire/contract.ts";
import type { DeskOrder } from "../../src/wire/desk/desk-orders.ts";
import { cardToken, type Fan, fresh, newFan } from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform({ settings: { holdMs: 6_000, maxHoldMs: 6_000 } });
  await opened(platform.origin, platform.onSale.onSaleId);
}, 60_000);
afterAll(() => platform?.close());

const arrive = () => newFan(platform.origin, platform.onSale.onSaleId).arrive();
const card = () => cardToken(platform.paymentsOrigin);

async function buy(fan: Fan, seats: number[]): Promise<OrderView> {
  const hold = await fan.hold({ seats });
  const made = await fan.order(hold.body.holdId, await card());
  return await fan.until(made.body.orderId, ["confirmed"]);
}

async function until<T>(what: string, ask: () => Promise<T>, holds: (value: T) => boolean) {
  const giveUpAt = Date.now() + 30_000;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > giveUpAt) throw new Error(`never: ${what}: ${JSON.stringify(value)}`);
    await Bun.sleep(50);
  }
}

test("a ticket paid back at the desk: another fan has the seat, gates refuse it, a mail says so", async () => {
  const order = await buy(await arrive(), [3, 4]);
  const [ticket] = order.tickets;
  const { email, password } = platform.firstOperator ?? { email: "", password: "" };
  const signed = await fetch(`${platform.origin}/desk/api/sign-in`, {
    method: "POST",
    body: JSON.stringify({ email, password }),
  });
  const cookie = signed.headers.get("set-cookie")?.split(";")[0] ?? "";
  const desk = async <Body>(path: string, body?: object) => {
    const response = await fetch(`${platform.origin}/desk/api${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { cookie, "idempotency-key": fresh() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Body;
  };
  const wish = { seats: [3], keepFee: false, seatsGo: "to-sale", reason: "sold by mistake" };
  await desk(`/orders/${order.orderId}/refunds`, wish);
  const look = () => desk<DeskOrder>(`/orders/${order.orderId}`);
  await until("paid back", look, ({ refunds }) => refunds[0]?.state === "refunded");

  const list = await fetch(
    `${platform.origin}/api/performances/${platform.onSale.performanceId}/revocations.json`,
  );
  expect(await list.text()).toContain(ticket?.ticketId ?? "none");
  const other = await arrive();
  await until(
    "the seat is on sale",
    () => other.hold({ seats: [3] }),
    ({ status }) => status === 200 || status === 201,
  );
  const mails = async () => await (await fetch(platform.mailboxOrigin)).text();
  await until("a mail", mails, (page) => page.includes("환불되었습니다"));
}, 60_000);

test("late money whose seats are gone: told so, nothing kept, and back in from the front", async () => {
  const keys = await readSandboxKeys(`${platform.dataDir}/sandbox-provider`);
  const [fan, other] = [await arrive(), await arrive()];
  const hold = await fan.hold({ seats: [10, 11] });
  // Longer than a call is waited for, and enough that somebody else has bought a seat of it when it comes.
  const rule = { operation: "authorize", conduct: "silent-late", delayMs: 20_000 };
  await fetch(`${platform.paymentsOrigin}/control/behaviour`, {
    method: "POST",
    headers: { authorization: `Bearer ${keys.secretKey}` },
    body: JSON.stringify(rule),
  });
  const made = await fan.order(hold.body.holdId, await card());
  const { orderId } = made.body;
  await fan.until(orderId, ["cancelled"]);
  const taken = await until(
    "somebody else takes one of them",
    () => other.hold({ seats: [11] }),
    ({ status }) => status < 300,
  );
  // Bought: a hold would have ended by itself before the money comes.
  const theirs = await other.order(taken.body.holdId, await card());
  await other.until(theirs.body.orderId, ["confirmed"]);
  const late = await until(
    "late",
    () => fan.look(orderId),
    (view) => view.priority !== undefined,
  );
  expect(late).toMatchObject({ state: "cancelled", reason: "late-money" });
  const mails = async () => await (await fetch(platform.mailboxOrigin)).text();
  await until("a mail", mails, (page) => page.includes("주문이 취소되었습니다"));

  const back = newFan(platform.origin, platform.onSale.onSaleId);
  const body = { priority: late.priority?.token };
  const ask = () => back.ask<ClaimResult>("priorityReturn", { method: "POST", body });
  const admitted = await until("let in", ask, (reply) => reply.body.kind === "admitted");
  if (admitted.body.kind === "admitted") back.admissionToken = admitted.body.admissionToken;
  expect((await back.enter()).status).toBe(200);
  // The place of before has ended, and the new one buys.
  expect((await fan.hold({ seats: [20] })).problem.code).toBe("shop-session-ended");
  const bought = await buy(back, [20, 21]);
  expect(bought.tickets.length).toBe(2);
}, 90_000);

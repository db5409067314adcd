// Coming back with priority, on a real gateway whose shop is full: first at the next tick that has room,
// inside what the pacer lets in, once, and without changing anybody else's place.

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type GatewayUnderTest,
  gatewayUnderTest,
} from "../../../test/support/gateway-under-test.ts";
import { returningEntry, signPriority } from "../../domain/waiting-room/priority-token.ts";
import { type EntryId, newId } from "../../foundation/ids.ts";
import type { ClaimResult, Frontier, Joined, Status } from "../../wire/contract.ts";
import type { Problem } from "../../wire/problems.ts";
import { pathTo, type Route } from "../../wire/routes.ts";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await gatewayUnderTest(1_500);
  await setCapacity(3);
  const frontier = async () => (await (await fetch(address("frontier"))).json()) as Frontier;
  await until(frontier, ({ phase }) => phase === "open");
}, 60_000);
afterAll(() => gateway?.close());

async function setCapacity(maxCapacity: number): Promise<void> {
  const { catalog } = gateway.stores;
  for (;;) {
    const onSale = await catalog.onSale(gateway.onSale.onSaleId);
    if (onSale === undefined) throw new Error("no on-sale");
    const settings = { ...onSale.settings, maxCapacity };
    const changed = await catalog.update(onSale.onSaleId, onSale.version, { settings });
    if (changed.kind === "updated") return;
  }
}

const address = (route: Route) =>
  gateway.url + pathTo(route, { onSaleId: gateway.onSale.onSaleId });
async function comeBack(token: string): Promise<{ status: number; body: ClaimResult & Problem }> {
  const answer = await fetch(address("priorityReturn"), {
    method: "POST",
    body: JSON.stringify({ priority: token }),
  });
  return { status: answer.status, body: (await answer.json()) as ClaimResult & Problem };
}
async function asFan<Body>(
  route: "status" | "claim" | "leave",
  { queueToken }: Joined,
): Promise<Body> {
  const answer = await fetch(address(route), {
    method: route === "status" ? "GET" : "POST",
    headers: { authorization: `Bearer ${queueToken}` },
  });
  return (await answer.json()) as Body;
}
const join = async () => (await gateway.join()).body;
async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const giveUpAt = Date.now() + 20_000;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > giveUpAt) throw new Error(JSON.stringify(value));
    await Bun.sleep(50);
  }
}
const tokenFor = (entryId: EntryId, formerEntryId: EntryId, expiresAt = Date.now() + 60_000) =>
  signPriority(gateway.queueKeys(), {
    onSaleId: gateway.onSale.onSaleId,
    entryId,
    formerEntryId,
    expiresAt,
  });
const isAdmitted = ({ kind }: { kind: string }) => kind === "admitted";

test("[Q2, Q4] first when there is room, before those who wait, whose places stay; once", async () => {
  const inside: Joined[] = [];
  for (let n = 0; n < 3; n += 1) inside.push(await join());
  for (const fan of inside) await until(() => asFan<ClaimResult>("claim", fan), isAdmitted);
  const waiting = await Promise.all(Array.from({ length: 6 }, join));
  const aheadOf = async (fan: Joined) => (await asFan<Status>("status", fan)).standing;
  const before = await Promise.all(waiting.map(aheadOf));

  const [gone, ...others] = inside as [Joined, ...Joined[]];
  const entryId = returningEntry(newId("order"));
  const token = tokenFor(entryId, newId("entry"));
  // Full: not even priority lets anybody in.
  for (let n = 0; n < 3; n += 1) expect((await comeBack(token)).body.kind).toBe("wait");
  const admitted = until(
    () => comeBack(token),
    ({ body }) => isAdmitted(body),
  );
  await asFan("leave", gone);
  const { body } = await admitted;
  if (body.kind !== "admitted") throw new Error("not admitted");

  const after = await Promise.all(waiting.map(aheadOf));
  for (const [n, standing] of after.entries()) {
    const was = before[n];
    if (standing.kind !== "waiting" || was?.kind !== "waiting") continue;
    expect(standing.position).toBe(was.position);
    expect(standing.ahead).toBeLessThanOrEqual(was.ahead);
  }
  // The same right asked for again is the same admission, and after its end there is none.
  const again = await comeBack(token);
  expect(again.body).toMatchObject({ kind: "admitted", admissionId: body.admissionId });
  expect(others.length).toBe(2);
  const { lineRecords } = gateway.stores;
  await lineRecords.end(gateway.onSale.onSaleId, entryId);
  const ended = await until(
    () => comeBack(token),
    (reply) => reply.body.kind === "ended",
  );
  expect(ended.body.kind).toBe("ended");
}, 40_000);

test("the place of before ends, so that nobody shops twice", async () => {
  await setCapacity(100);
  const fan = await join();
  const claimed = await until(() => asFan<ClaimResult>("claim", fan), isAdmitted);
  const token = tokenFor(returningEntry(newId("order")), fan.entryId);
  await until(
    () => comeBack(token),
    ({ body }) => isAdmitted(body),
  );
  if (claimed.kind !== "admitted") throw new Error("not admitted");
  const former = await gateway.stores.lineRecords.admission(claimed.admissionId);
  expect(former?.endedAt).toBeNumber();
  expect((await asFan<ClaimResult>("claim", fan)).kind).toBe("ended");
});

test("expired, forged, of another on-sale, or another token: told so, and nothing is given", async () => {
  const [entry, former] = [returningEntry(newId("order")), newId("entry")];
  const good = tokenFor(entry, former);
  const fan = await join();
  const other = signPriority(gateway.queueKeys(), {
    onSaleId: newId("on-sale"),
    entryId: entry,
    formerEntryId: former,
    expiresAt: Date.now() + 60_000,
  });
  const forged = good.slice(0, 50) + (good[50] === "A" ? "B" : "A") + good.slice(51);
  for (const [token, reason] of [
    [tokenFor(entry, former, Date.now() - 1), "expired"],
    [forged, "forged"],
    [other, "other-on-sale"],
    [fan.queueToken, "wrong-kind"],
    ["", "malformed"],
  ] as const) {
    const { status, body } = await comeBack(token);
    expect([status, body.code, body.facts?.["reason"]]).toEqual([410, "priority-ended", reason]);
  }
});

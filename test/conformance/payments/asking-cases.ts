// What a payment provider's adapter must answer when it asks, when it is told, and when what it hears
// makes no sense. Silence and nonsense are `unknown`; another amount than ours is never a success.

import { expect } from "bun:test";
import { newOrderId } from "../../support/sandbox.ts";
import type { PaymentCase } from "./suite.ts";
import { concurrency, won } from "./under-test.ts";

const proved = "4000000000003220";

export const askingCases: readonly PaymentCase[] = [
  {
    name: "a proof: waits for the fan, and is authorized after",
    async run({ gateway, attempt, fan, find, dialect }) {
      const made = await attempt(proved);
      expect(await made.authorize()).toMatchObject({ kind: "requires-action" });
      const ref = await fan(made, dialect === "sandbox" ? { proof: "approve" } : { card: proved });
      if (ref === undefined) throw new Error("no name for it");
      const capture = { ...made.call("capture"), providerRef: ref, amount: won };
      if (gateway.begunBy === "shop")
        expect(await find(made.orderId, ref)).toMatchObject({ payment: { state: "authorized" } });
      expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
    },
  },
  {
    name: "a proof that the fan refuses takes nothing",
    async run({ gateway, attempt, fan, captured, dialect }) {
      const made = await attempt(proved);
      const does = { proof: "refuse", ...(dialect === "sandbox" ? {} : { card: proved }) } as const;
      const ref = await fan(made, does);
      expect(await captured(made.orderId)).toEqual([0, 0]);
      if (ref !== undefined)
        expect(await gateway.void({ ...made.call("void"), providerRef: ref })).toEqual({
          kind: "voided",
        });
    },
  },
  {
    name: "the same attempt again under its key is the same attempt",
    async run({ attempt }) {
      const made = await attempt();
      const first = await made.authorize();
      expect(await made.authorize()).toEqual(first);
    },
  },
  {
    name: "an attempt whose answer never came is made again, once",
    async run({ attempt, fan, gateway, sandbox, dialect, find, captured }) {
      for (const conduct of ["silent-before", "silent-after", "error-after"]) {
        const made = await attempt();
        if (gateway.begunBy === "shop") {
          await sandbox.behave({ operation: "authorize", conduct, order: made.orderId });
          expect(await made.authorize()).toMatchObject({ kind: "unknown" });
          expect((await find(made.orderId)).kind).not.toBe("unknown");
        }
        const again = await made.authorize();
        const ref =
          dialect === "sandbox" && again.kind === "authorized"
            ? again.providerRef
            : await fan(made, {});
        if (ref === undefined) throw new Error(again.kind);
        const capture = { ...made.call("capture"), providerRef: ref, amount: won };
        expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
        expect(await captured(made.orderId)).toEqual([won.amount, 0]);
      }
    },
  },
  {
    name: "find: nothing of an order or an attempt that the provider does not know",
    async run({ gateway, authorized }) {
      const { orderId } = await authorized();
      expect(await gateway.find(newOrderId(), 1)).toEqual({ kind: "none" });
      expect(await gateway.find(orderId, 2)).toEqual({ kind: "none" });
    },
  },
  {
    name: "find never answers for another order's payment",
    async run({ gateway, authorized }) {
      const { orderId, providerRef, call } = await authorized();
      await gateway.capture({ ...call("capture"), providerRef, amount: won });
      const other = await gateway.find(newOrderId(), 1, providerRef);
      expect(other.kind).not.toBe("found");
      expect(await gateway.find(orderId, 1, providerRef)).toMatchObject({ kind: "found" });
    },
  },
  {
    name: "find: silence and errors are unknown, never none",
    async run({ gateway, authorized, sandbox }) {
      const { orderId, providerRef } = await authorized();
      for (const conduct of ["silent-before", "error-before"]) {
        // By name and by order: some adapters ask otherwise for each.
        await sandbox.behave({ operation: "find", conduct, times: 2 });
        expect((await gateway.find(orderId, 1, providerRef)).kind).toBe("unknown");
        expect((await gateway.find(newOrderId(), 1)).kind).toBe("unknown");
        await sandbox.calm();
      }
    },
  },
  {
    name: "[S9] an answer with another amount or currency is never a success",
    async run({ gateway, authorized, attempt, meddle }) {
      const other = (text: string) => Response.json(JSON.parse(text.replaceAll("132000", "1")));
      const dollars = (text: string) =>
        Response.json(JSON.parse(text.replace(/"(KRW|krw)"/g, '"USD"')));
      for (const how of [other, dollars]) {
        const { orderId, providerRef, call } = await authorized();
        const capture = { ...call("capture"), providerRef, amount: won };
        const reply = await meddle(how, () => gateway.capture(capture));
        expect(reply).toMatchObject({ kind: "unknown" });
        const found = await meddle(how, () => gateway.find(orderId, 1, providerRef));
        // What is told is told as it is: the saga compares, and a difference is for a person.
        if (found.kind === "found") expect(found.payment.amount).not.toEqual(won);
        const open = await attempt();
        const begun = await meddle(how, open.authorize);
        if (gateway.provider === "stripe") expect(begun.kind).toBe("unknown");
      }
    },
  },
  {
    name: "nonsense is unknown: no JSON, no body, another shape, too many requests, a key not taken",
    async run({ gateway, authorized, meddle }) {
      const nonsense: (() => Response)[] = [
        () => new Response("<html>maintenance</html>", { status: 200 }),
        () => new Response(null, { status: 200 }),
        () => Response.json([], { status: 200 }),
        () => Response.json({ ok: true }, { status: 200 }),
        () => new Response("busy", { status: 429 }),
        () => Response.json({ error: {}, code: "TOO_MANY_REQUESTS" }, { status: 429 }),
        () => Response.json({ error: {}, code: "UNAUTHORIZED_KEY" }, { status: 401 }),
        () => new Response("bad gateway", { status: 502 }),
      ];
      const { orderId, providerRef, call } = await authorized();
      const named = { ...call("capture"), providerRef };
      for (const how of nonsense) {
        const kinds = await meddle(how, async () => [
          (await gateway.capture({ ...named, amount: won })).kind,
          (await gateway.void(named)).kind,
          (await gateway.refund({ ...named, amount: won })).kind,
          (await gateway.find(orderId, 1, providerRef)).kind,
          (await gateway.find(orderId, 1)).kind,
        ]);
        expect({ how: String(how), kinds }).toEqual({
          how: String(how),
          kinds: ["unknown", "unknown", "unknown", "unknown", "unknown"],
        });
      }
    },
  },
  {
    name: "too many requests is no answer to the payment: it is taken in the end, and once",
    async run({ gateway, authorized, meddle, captured }) {
      const { orderId, providerRef, call } = await authorized();
      const capture = { ...call("capture"), providerRef, amount: won };
      let refusals = 2;
      const busy = () =>
        refusals-- > 0
          ? Response.json(
              { error: { code: "rate_limit" }, code: "TOO_MANY_REQUESTS" },
              { status: 429 },
            )
          : undefined;
      for (let tries = 0; tries < 3; tries += 1) {
        const reply = await meddle(busy, () => gateway.capture(capture));
        expect(["captured", "unknown"]).toContain(reply.kind);
        if (reply.kind === "captured") break;
      }
      expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
      expect(await captured(orderId)).toEqual([won.amount, 0]);
    },
  },
  {
    name: "[M3] a webhook names an order and an attempt; a forged one is nothing, or known as unsigned",
    async run({ gateway, authorized, webhooks, eventually }) {
      const { orderId, providerRef, call } = await authorized();
      await gateway.capture({ ...call("capture"), providerRef, amount: won });
      const about = () => webhooks.find(({ body }) => body.includes(orderId));
      await eventually("a webhook of this order", () => about() !== undefined);
      const { body, headers } = about() ?? { body: "", headers: new Headers() };
      const signed = gateway.begunBy === "shop";
      expect(await gateway.readWebhook(body, headers)).toMatchObject({
        orderId,
        attempt: 1,
        signed,
      });
      const forged = [
        await gateway.readWebhook(body, new Headers()),
        await gateway.readWebhook(`${body} `, headers),
        await gateway.readWebhook(body.replace(orderId, newOrderId()), headers),
      ];
      for (const hint of forged) expect(hint?.signed ?? false).toBeFalse();
      if (signed) expect(forged).toEqual([undefined, undefined, undefined]);
      for (const text of [
        "",
        "{",
        "{}",
        "[]",
        "null",
        '{"data":{"object":{}}}',
        "x".repeat(70_000),
      ])
        expect(await gateway.readWebhook(text, headers)).toBeUndefined();
    },
  },
  {
    name: "the way back is compared with what we asked, and believed no further",
    async run({ gateway }) {
      const asked = { orderId: newOrderId(), attempt: 1, amount: won };
      const way = (over: Record<string, string> = {}) =>
        new URLSearchParams({
          paymentKey: "tsbx_1",
          orderId: `${asked.orderId}-1`,
          amount: "132000",
          ...over,
        });
      const taken = gateway.readReturn(way(), asked);
      expect(taken).toBe(gateway.begunBy === "fan" ? "tsbx_1" : undefined);
      const wrong = [
        way({ amount: "1" }),
        way({ orderId: `${asked.orderId}-2` }),
        way({ orderId: newOrderId() }),
        way({ paymentKey: "../x" }),
        new URLSearchParams(),
      ];
      for (const query of wrong) expect(gateway.readReturn(query, asked)).toBeUndefined();
    },
  },
  {
    name: "the ledger names every attempt that holds or held money, once, and says the same as find",
    async run({ gateway, authorized, find }) {
      const made = await Promise.all(Array.from({ length: 12 }, () => authorized()));
      for (const { call, providerRef } of made)
        await gateway.capture({ ...call("capture"), providerRef, amount: won });
      const refunded = made[0];
      if (refunded === undefined) throw new Error("nothing made");
      const { call, providerRef } = refunded;
      await gateway.refund({ ...call("refund"), providerRef, amount: won });
      const seen = new Map<string, object>();
      for await (const page of gateway.ledger(Date.now() - 60_000))
        for (const payment of page) {
          const name = `${payment.orderId}:${payment.attempt}`;
          expect(seen.has(name)).toBeFalse();
          seen.set(name, payment);
        }
      for (const { orderId, providerRef: ref } of made) {
        const found = await find(orderId, ref);
        expect(found).toMatchObject({ kind: "found", payment: { captured: won.amount } });
        const listed = seen.get(`${orderId}:1`);
        if (found.kind === "found")
          expect(listed).toMatchObject({
            captured: found.payment.captured,
            refunded: found.payment.refunded,
            amount: won,
          });
      }
    },
  },
  {
    name: "a ledger that cannot be read is a fault, never an empty one",
    async run({ gateway, sandbox }) {
      await sandbox.behave({ operation: "ledger", conduct: "error-before" });
      const reading = gateway.ledger(0)[Symbol.asyncIterator]();
      expect(reading.next()).rejects.toMatchObject({ code: "provider-unavailable" });
    },
  },
  {
    name: "no more calls at once than allowed",
    async run({ gateway, mostAtOnce }) {
      await Promise.all(Array.from({ length: 30 }, () => gateway.find(newOrderId(), 1)));
      expect(mostAtOnce()).toBeGreaterThan(1);
      expect(mostAtOnce()).toBeLessThanOrEqual(concurrency);
    },
  },
];

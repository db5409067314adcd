// What a payment provider's adapter must do with money: take it once, give it back once, and say "no"
// only where the provider has said it.

import { expect } from "bun:test";
import type { PaymentCase } from "./suite.ts";
import { won } from "./under-test.ts";

const declinedAtCapture = "4000000000000341";
const silentCapture = "4000000000006975";
const quarter = { amount: won.amount / 4, currency: won.currency };
const half = { amount: won.amount / 2, currency: won.currency };

/** What the provider can be told to do to a call: nothing and no word, the thing and no word, and so on. */
const weathers = ["silent-before", "silent-after", "error-before", "error-after", "slow"] as const;
/** Later than the adapter waits. */
const delayMs = 1_700;

export const moneyCases: readonly PaymentCase[] = [
  {
    name: "taken once, given back once, and said again without a second effect",
    async run({ gateway, authorized, sandbox, captured }) {
      const { orderId, providerRef, call } = await authorized();
      const capture = { ...call("capture"), providerRef, amount: won };
      expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
      expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
      expect(await gateway.void({ ...call("void"), providerRef })).toEqual({ kind: "too-late" });
      const refund = { ...call("refund"), providerRef, amount: won };
      expect(await gateway.refund(refund)).toEqual({ kind: "refunded" });
      expect(await gateway.refund(refund)).toEqual({ kind: "refunded" });
      expect(await gateway.refund({ ...refund, idempotencyKey: "another" })).toEqual({
        kind: "refunded",
      });
      expect(await captured(orderId)).toEqual([won.amount, won.amount]);
      expect((await sandbox.ledger()).filter((one) => one.orderId === orderId)).toHaveLength(1);
    },
  },
  {
    name: "two at once under one key are one",
    async run({ gateway, authorized, captured }) {
      const { orderId, providerRef, call } = await authorized();
      const capture = { ...call("capture"), providerRef, amount: won };
      const replies = await Promise.all([gateway.capture(capture), gateway.capture(capture)]);
      // Told to wait is no answer; it is never a "no".
      expect(replies.some(({ kind }) => kind === "captured")).toBeTrue();
      expect(replies.some(({ kind }) => kind === "declined")).toBeFalse();
      expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
      expect(await captured(orderId)).toEqual([won.amount, 0]);
    },
  },
  {
    name: "given back in parts, never more than was taken",
    async run({ gateway, authorized, captured }) {
      const { orderId, providerRef, call } = await authorized();
      await gateway.capture({ ...call("capture"), providerRef, amount: won });
      const refund = (key: string, amount = half) =>
        gateway.refund({ ...call("refund"), idempotencyKey: key, providerRef, amount });
      expect(await refund(`${orderId}:a`)).toEqual({ kind: "refunded" });
      expect(await refund(`${orderId}:b`, won)).toMatchObject({ kind: "refused" });
      expect(await captured(orderId)).toEqual([won.amount, half.amount]);
      expect(await refund(`${orderId}:c`)).toEqual({ kind: "refunded" });
      expect(await captured(orderId)).toEqual([won.amount, won.amount]);
    },
  },
  {
    name: "a giving back is found by its key, and by no other",
    async run({ gateway, authorized }) {
      const { orderId, providerRef, call } = await authorized();
      await gateway.capture({ ...call("capture"), providerRef, amount: won });
      const refund = { ...call("refund"), providerRef, amount: half };
      expect(await gateway.findRefund(refund)).toEqual({ kind: "none" });
      await gateway.refund(refund);
      expect(await gateway.findRefund(refund)).toEqual({ kind: "refunded" });
      const other = { ...refund, idempotencyKey: `${orderId}:other` };
      expect(await gateway.findRefund(other)).toEqual({ kind: "none" });
      // The same name for another amount is a difference, and a difference is never a success.
      const more = await gateway.findRefund({ ...refund, amount: quarter });
      expect(["unknown", "none"]).toContain(more.kind);
    },
  },
  {
    name: "a part of what went back as a whole by other hands is refused, not taken for done",
    async run({ gateway, authorized, captured }) {
      const { orderId, providerRef, call } = await authorized();
      await gateway.capture({ ...call("capture"), providerRef, amount: won });
      const refund = { ...call("refund"), providerRef };
      const byHand = { ...refund, idempotencyKey: `${orderId}:by-hand`, amount: won };
      expect(await gateway.refund(byHand)).toEqual({ kind: "refunded" });
      expect(await gateway.refund({ ...refund, amount: half })).toEqual({
        kind: "refused",
        code: "already-refunded",
      });
      expect(await captured(orderId)).toEqual([won.amount, won.amount]);
    },
  },
  {
    name: "what was never taken cannot be given back",
    async run({ gateway, authorized, captured }) {
      const { orderId, providerRef, call } = await authorized();
      const refund = { ...call("refund"), providerRef, amount: won };
      expect((await gateway.refund(refund)).kind).toBe("refused");
      expect(await captured(orderId)).toEqual([0, 0]);
    },
  },
  {
    name: "refused at the capture: declined, and nothing is left to void",
    async run({ gateway, authorized, captured }) {
      const { orderId, providerRef, call } = await authorized(declinedAtCapture);
      const capture = { ...call("capture"), providerRef, amount: won };
      expect(await gateway.capture(capture)).toMatchObject({
        kind: "declined",
        code: "authorization-expired",
      });
      expect(await gateway.void({ ...call("void"), providerRef })).toEqual({ kind: "voided" });
      expect(await gateway.void({ ...call("void"), providerRef })).toEqual({ kind: "voided" });
      expect(await captured(orderId)).toEqual([0, 0]);
    },
  },
  {
    name: "voided before the capture, and again",
    async run({ gateway, authorized, captured, find }) {
      const { orderId, providerRef, call } = await authorized();
      expect(await gateway.void({ ...call("void"), providerRef })).toEqual({ kind: "voided" });
      expect(await gateway.void({ ...call("void"), providerRef })).toEqual({ kind: "voided" });
      expect(await captured(orderId)).toEqual([0, 0]);
      // Where nothing is held before the capture there is nothing to void, and nothing in the ledger.
      const found = await find(orderId, providerRef);
      expect(found).toMatchObject(
        gateway.begunBy === "fan" ? { kind: "none" } : { payment: { state: "voided" } },
      );
    },
  },
  {
    name: "the money was taken and the answer never came: unknown, found, and not taken again",
    async run({ gateway, authorized, captured, find }) {
      const { orderId, providerRef, call } = await authorized(silentCapture);
      const capture = { ...call("capture"), providerRef, amount: won };
      expect(await gateway.capture(capture)).toMatchObject({ kind: "unknown" });
      expect(await find(orderId, providerRef)).toMatchObject({ payment: { state: "captured" } });
      expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
      expect(await captured(orderId)).toEqual([won.amount, 0]);
    },
  },
  ...weathers.map(
    (conduct): PaymentCase => ({
      name: `bad weather at the capture (${conduct}): taken once in the end`,
      async run({ gateway, authorized, captured, sandbox, find }) {
        const { orderId, providerRef, call } = await authorized();
        await sandbox.behave({ operation: "capture", conduct, order: orderId, delayMs });
        const capture = { ...call("capture"), providerRef, amount: won };
        const first = await gateway.capture(capture);
        expect(first.kind).not.toBe("declined");
        if (first.kind === "unknown") {
          expect((await find(orderId, providerRef)).kind).not.toBe("unknown");
          expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
        }
        expect(await captured(orderId)).toEqual([won.amount, 0]);
      },
    }),
  ),
  ...weathers.map(
    (conduct): PaymentCase => ({
      name: `bad weather at the void (${conduct}): voided in the end, and nothing taken`,
      async run({ gateway, authorized, captured, sandbox }) {
        const { orderId, providerRef, call } = await authorized();
        // Where nothing is held before the capture, voiding is asking.
        await sandbox.behave(
          gateway.begunBy === "fan"
            ? { operation: "find", conduct, delayMs }
            : { operation: "void", conduct, delayMs, order: orderId },
        );
        const voiding = { ...call("void"), providerRef };
        expect((await gateway.void(voiding)).kind).not.toBe("too-late");
        expect(await sandbox.rules()).toEqual([]);
        expect(await gateway.void(voiding)).toEqual({ kind: "voided" });
        expect(await captured(orderId)).toEqual([0, 0]);
      },
    }),
  ),
  ...weathers.map(
    (conduct): PaymentCase => ({
      name: `bad weather at the refund (${conduct}): given back once in the end`,
      async run({ gateway, authorized, captured, sandbox }) {
        const { orderId, providerRef, call } = await authorized();
        await gateway.capture({ ...call("capture"), providerRef, amount: won });
        const refund = { ...call("refund"), providerRef, amount: quarter };
        // One of the same amount before it: they must not be taken for each other.
        await gateway.refund({ ...refund, idempotencyKey: `${orderId}:before` });
        await sandbox.behave({ operation: "refund", conduct, order: orderId, delayMs });
        const first = await gateway.refund(refund);
        expect(first.kind).not.toBe("refused");
        const found = await gateway.findRefund(refund);
        const isMade = first.kind === "refunded" || !conduct.endsWith("-before");
        expect(found).toEqual({ kind: isMade ? "refunded" : "none" });
        expect(await gateway.refund(refund)).toEqual({ kind: "refunded" });
        expect(await captured(orderId)).toEqual([won.amount, half.amount]);
      },
    }),
  ),
];

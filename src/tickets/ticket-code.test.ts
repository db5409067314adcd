import { expect, test } from "bun:test";
import { ticketIdOf } from "../domain/ordering/ticket.ts";
import { newId, parseId } from "../foundation/ids.ts";
import { readTicketCode, type TicketKey, ticketCode } from "./ticket-code.ts";
import { ticketQrPng, ticketQrSvg } from "./ticket-qr.ts";

async function keys(kid: string) {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { x } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const published: TicketKey = { kid, x: x ?? "" };
  return { signer: { kid, privateKey: pair.privateKey }, published };
}

const facts = {
  ticketId: ticketIdOf(newId("order"), 16_053),
  performanceId: newId("performance"),
  seat: 16_053,
  issuedAt: 1_800_000_000_123,
};

test("a code is read back with the published key alone", async () => {
  const { signer, published } = await keys("ticket-7");
  const code = await ticketCode(signer, facts);
  expect(await readTicketCode([published], code)).toEqual({ kind: "valid", ticket: facts });
  expect(await ticketCode(signer, facts)).toBe(code);
});

test("every changed character is refused, and so are other keys and other texts", async () => {
  const { signer, published } = await keys("ticket-7");
  const code = await ticketCode(signer, facts);
  for (let at = 0; at < code.length; at += 1) {
    const changed = code.slice(0, at) + (code[at] === "A" ? "B" : "A") + code.slice(at + 1);
    expect((await readTicketCode([published], changed)).kind).not.toBe("valid");
  }
  const other = await keys("ticket-8");
  expect(await readTicketCode([other.published], code)).toEqual({ kind: "unknown-key" });
  const impostor = await keys("ticket-7");
  expect(await readTicketCode([impostor.published], code)).toEqual({ kind: "forged" });
  for (const text of ["", "x", `${code}A`, 7, undefined, `${code.slice(0, -1)} `])
    expect((await readTicketCode([published], text)).kind).toBe("malformed");
});

test("the same order and seat give the same ticket, another seat another", () => {
  const orderId = newId("order");
  expect(ticketIdOf(orderId, 3)).toBe(ticketIdOf(orderId, 3));
  expect(ticketIdOf(orderId, 3)).not.toBe(ticketIdOf(orderId, 4));
  expect(parseId("ticket", ticketIdOf(orderId, 3))).toBeDefined();
});

test("the QR holds the whole code, as SVG and as PNG", async () => {
  const { signer } = await keys("ticket-1");
  const code = await ticketCode(signer, facts);
  expect(await ticketQrSvg(code)).toContain("<svg");
  expect([...(await ticketQrPng(code)).subarray(1, 4)]).toEqual([...Buffer.from("PNG")]);
});

import { expect, test } from "bun:test";
import { ticketIdOf } from "../domain/ordering/ticket.ts";
import { newId, parseId } from "../foundation/ids.ts";
import { readTicketCode, type TicketKey } from "../wire/tickets/ticket-code.ts";
import { ticketCode } from "./ticket-code.ts";
import { inflateSync } from "node:zlib";
import QRCode from "qrcode";
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
  expect(darkModules(ticketQrPng(code))).toEqual(
    QRCode.create([{ data: Buffer.from(code), mode: "byte" }], {
      errorCorrectionLevel: "M",
    }).modules.data.join(""),
  );
});

/** Reads the picture back as a scanner would: the middle of every module, row by row. */
function darkModules(bytes: Uint8Array): string {
  const png = Buffer.from(bytes);
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  const width = png.readUInt32BE(16);
  const start = png.indexOf("IDAT") + 4;
  const rows = inflateSync(png.subarray(start, start + png.readUInt32BE(start - 8)));
  const rowBytes = 1 + Math.ceil(width / 8);
  const isDark = (x: number, y: number) =>
    (((rows[y * rowBytes + 1 + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 0;
  const edge = Array.from({ length: width }, (_, x) => x).find((x) => isDark(x, x)) ?? 0;
  const scale = edge / 4;
  const size = width / scale - 8;
  let modules = "";
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      modules += isDark((x + 4) * scale + (scale >> 1), (y + 4) * scale + (scale >> 1)) ? 1 : 0;
  return modules;
}

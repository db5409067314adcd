// The QR of a ticket code: SVG for pages, PNG for mail (mail programs show no SVG). Level M survives a
// scratched screen and keeps 163 characters readable at arm's length.
//
// The PNG is written here, one bit a pixel: the library's general writer took a third of the whole
// platform's processor time in a rehearsal's peak, when thousands of mails are owed at once.

import { deflateSync } from "node:zlib";
import QRCode from "qrcode";

const errorCorrectionLevel = "M";
/** Quiet zone, in modules, as the standard wants it. */
const margin = 4;
/** At least this wide, with a whole number of pixels a module. */
const leastWidth = 440;

export function ticketQrSvg(code: string): Promise<string> {
  return QRCode.toString(code, { errorCorrectionLevel, margin, type: "svg" });
}

export function ticketQrPng(code: string): Uint8Array {
  // A signed code is random text: bytes, without asking which parts would be shorter otherwise.
  const segments = [{ data: Buffer.from(code), mode: "byte" as const }];
  const { modules } = QRCode.create(segments, { errorCorrectionLevel });
  const { size, data } = modules;
  const whole = size + 2 * margin;
  const scale = Math.ceil(leastWidth / whole);
  const width = whole * scale;
  const rowBytes = 1 + Math.ceil(width / 8);
  const pixels = Buffer.alloc(rowBytes * width);
  for (let y = 0; y < whole; y++) {
    const row = Buffer.alloc(rowBytes, 0xff);
    row[0] = 0; // no filter
    for (let x = 0; x < whole; x++) {
      const isInside = Math.min(x, y) >= margin && Math.max(x, y) < size + margin;
      if (!isInside || data[(y - margin) * size + (x - margin)] !== 1) continue;
      for (let at = x * scale; at < (x + 1) * scale; at++) {
        row[1 + (at >> 3)] = (row[1 + (at >> 3)] ?? 0) & ~(0x80 >> (at & 7));
      }
    }
    for (let line = 0; line < scale; line++) row.copy(pixels, (y * scale + line) * rowBytes);
  }
  return blackAndWhitePng(width, pixels);
}

/** A square of one bit a pixel, 1 is white; rows begin with their filter byte. */
function blackAndWhitePng(width: number, pixels: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(width, 4);
  header[8] = 1; // bits a pixel; the rest is 0: greyscale, deflate, no interlace
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels, { level: 6 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, body: Uint8Array): Buffer {
  const framed = Buffer.alloc(body.length + 12);
  framed.writeUInt32BE(body.length, 0);
  framed.write(name, 4, "latin1");
  framed.set(body, 8);
  framed.writeUInt32BE(Bun.hash.crc32(framed.subarray(4, 8 + body.length)), 8 + body.length);
  return framed;
}

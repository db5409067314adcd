// A ticket on paper: one page of A6, which prints four to a sheet and reads on a phone. Letters are
// Gothic A1 (SIL Open Font License), which has every modern Korean syllable; only the glyphs used are
// put into the file, with the map that lets the text be searched and read aloud. The QR is drawn as
// squares, not as a picture, so that it stays sharp at any size.
//
// Drawing takes tens of milliseconds: only pdf-thread.ts does it, never the thread that sells.

import { readFileSync } from "node:fs";
import PDFDocument from "pdfkit";
import QRCode from "qrcode";
import type { Locale } from "../../wire/contract.ts";

/** Everything in words already. */
export type TicketSheet = {
  locale: Locale;
  name: string;
  when: string;
  venue: string;
  /** Named places: section, row, seat. */
  place: { name: string; value: string }[];
  scan: string;
  once: string;
  code: string;
  ticketId: string;
};

const family = "@expo-google-fonts/gothic-a1";
const letters = {
  plain: load("400Regular/GothicA1_400Regular.ttf"),
  strong: load("700Bold/GothicA1_700Bold.ttf"),
};
const page = { width: 298, height: 420, margin: 24 };
const inner = page.width - 2 * page.margin;
const ink = "#14161b";
const soft = "#4c515c";
const qrSize = 172;

function load(file: string): Buffer {
  return readFileSync(Bun.resolveSync(`${family}/${file}`, import.meta.dir));
}

export async function ticketPdf(sheet: TicketSheet): Promise<Uint8Array> {
  const document = new PDFDocument({
    size: [page.width, page.height],
    margin: page.margin,
    lang: sheet.locale,
    displayTitle: true,
    info: { Title: `${sheet.name} · ${sheet.when}`, Creator: "Usher", Subject: sheet.ticketId },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => document.on("end", () => resolve()));
  document.registerFont("plain", letters.plain);
  document.registerFont("strong", letters.strong);
  draw(document, sheet);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function draw(document: PDFKit.PDFDocument, sheet: TicketSheet): void {
  const { margin } = page;
  document.fillColor(ink).font("strong").fontSize(15);
  document.text(sheet.name, margin, margin, { width: inner, height: 40, ellipsis: true });
  document.font("plain").fontSize(9.5).moveDown(0.35).text(sheet.when, { width: inner });
  document.fillColor(soft).text(sheet.venue, { width: inner, height: 24, ellipsis: true });

  const tear = 112;
  document.moveTo(margin, tear).lineTo(page.width - margin, tear);
  document.dash(3, { space: 3 }).lineWidth(0.8).strokeColor("#b9bcc4").stroke().undash();
  drawPlace(document, sheet.place, tear + 12);
  drawQr(document, sheet.code, (page.width - qrSize) / 2, tear + 58);

  const centred = { width: inner, align: "center" } as const;
  document.fillColor(ink).font("strong").fontSize(9.5);
  document.text(sheet.scan, margin, tear + 62 + qrSize, centred);
  document.font("plain").fontSize(7.5).fillColor(soft).moveDown(0.2).text(sheet.once, centred);
  document.moveDown(0.3).text(sheet.code.slice(-12), centred);
}

/** The section as wide as it needs, row and seat beside it. */
function drawPlace(document: PDFKit.PDFDocument, place: TicketSheet["place"], top: number): void {
  const shares = place.length === 3 ? [0.56, 0.22, 0.22] : place.map(() => 1 / place.length);
  let left = page.margin;
  for (const [at, { name, value }] of place.entries()) {
    const width = inner * (shares[at] ?? 0);
    document.font("plain").fontSize(7.5).fillColor(soft).text(name, left, top, { width });
    document
      .font("strong")
      .fontSize(value.length > 14 ? 10 : 15)
      .fillColor(ink);
    document.text(value, left, top + 11, { width: width - 6, height: 28, ellipsis: true });
    left += width;
  }
}

function drawQr(document: PDFKit.PDFDocument, code: string, left: number, top: number): void {
  const segments = [{ data: Buffer.from(code), mode: "byte" as const }];
  const { size, data } = QRCode.create(segments, { errorCorrectionLevel: "M" }).modules;
  const unit = qrSize / size;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (data[y * size + x] !== 1) continue;
      let run = 1;
      while (x + run < size && data[y * size + x + run] === 1) run++;
      // A hair wider and taller, so that no renderer leaves white lines between them.
      document.rect(left + x * unit, top + y * unit, run * unit + 0.05, unit + 0.05);
      x += run - 1;
    }
  }
  document.fill("#000000");
}

// The thread that draws PDFs: a sheet in, the file out. See pdf-printer.ts.

import { type TicketSheet, ticketPdf } from "./ticket-pdf.ts";

declare const self: Worker;

self.onmessage = ({ data: { id, sheet } }: MessageEvent<{ id: number; sheet: TicketSheet }>) => {
  ticketPdf(sheet).then(
    (file) => self.postMessage({ id, file }),
    (error: unknown) => self.postMessage({ id, why: String(error) }),
  );
};

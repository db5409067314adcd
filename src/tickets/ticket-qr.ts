// The QR of a ticket code: SVG for pages, PNG for mail (mail programs show no SVG). Level M survives a
// scratched screen and keeps 163 characters readable at arm's length.

import QRCode from "qrcode";

const settings = { errorCorrectionLevel: "M", margin: 4 } as const;

export function ticketQrSvg(code: string): Promise<string> {
  return QRCode.toString(code, { ...settings, type: "svg" });
}

export async function ticketQrPng(code: string): Promise<Uint8Array> {
  return new Uint8Array(await QRCode.toBuffer(code, { ...settings, width: 480 }));
}

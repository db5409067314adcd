// Signed webhooks of the sandbox provider: `Sandbox-Signature: t=<ms>,v1=<hex>` where v1 is
// HMAC-SHA256 over `t.body`. The time is part of what is signed and must be near, so that a recorded
// webhook cannot be played again next week (M3). Comparison takes the same time for every input.

import { createHmac, timingSafeEqual } from "node:crypto";

export const signatureHeader = "sandbox-signature";
/** As generous as the field's usual five minutes: retries are signed anew. */
export const signatureToleranceMs = 300_000;

export function signWebhook(body: string, secret: string, at: number): string {
  return `t=${at},v1=${digest(body, secret, at)}`;
}

export function isSigned(
  body: string,
  header: string | null,
  options: { secret: string; now: number },
): boolean {
  const match = /^t=(\d{1,16}),v1=([0-9a-f]{64})$/.exec(header ?? "");
  const [, time, given] = match ?? [];
  if (time === undefined || given === undefined) return false;
  const at = Number(time);
  if (Math.abs(options.now - at) > signatureToleranceMs) return false;
  return timingSafeEqual(
    Buffer.from(digest(body, options.secret, at), "hex"),
    Buffer.from(given, "hex"),
  );
}

function digest(body: string, secret: string, at: number): string {
  return createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
}

// What the pages know of the payment provider: where the fan gives the card, and what a page may
// therefore talk to. Only the sandbox provider takes the card from a page of ours; Stripe has a page of
// its own, and Toss a window that its script opens, on one page made for nothing else.

export type PaymentPages =
  /** Our form tells the card to this origin, which answers with a token for it; "": the page's own. */
  | { provider: "sandbox"; origin: string }
  | { provider: "stripe" }
  /** The key is public: it opens a window and nothing more. */
  | { provider: "toss"; clientKey: string; script: string };

/** Origins that a page with the card form may talk to. */
export function cardOrigin(payment: PaymentPages): string {
  return payment.provider === "sandbox" && payment.origin ? ` ${payment.origin}` : "";
}

/** What the page that opens Toss's window needs beyond our own: its script, and what that loads. */
export function windowSources(payment: PaymentPages): { script: string; rest: string } | undefined {
  if (payment.provider !== "toss") return undefined;
  const { origin, hostname } = new URL(payment.script);
  const whole = hostname.endsWith(".tosspayments.com") ? " https://*.tosspayments.com" : "";
  return { script: ` ${origin}`, rest: ` ${origin}${whole}` };
}

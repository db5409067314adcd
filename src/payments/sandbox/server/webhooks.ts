// Tells the merchant that a payment has changed: signed anew for each try, retried with growing pauses,
// at most `concurrency` at a time. What is owed stands in the ledger until delivered or given up, so a
// killed provider sends it after its next start. Webhooks may come late, twice or out of order; that is
// how the real ones are, and the merchant must end the same (M2).

import { createHmac } from "node:crypto";
import { signatureHeader, signWebhook } from "../signature.ts";
import type { Weather } from "./behaviour.ts";
import type { Ledger, OwedWebhook } from "./ledger.ts";

export type WebhookOptions = {
  url: string | undefined;
  secret: string;
  /** Pause before the second try; doubles with each further one. */
  firstRetryMs: number;
  tries: number;
};

const concurrency = 16;
const tryMs = 10_000;

export class WebhookSender {
  private readonly ledger: Ledger;
  private readonly weather: Weather;
  private readonly options: WebhookOptions;
  private readonly waiting: { webhook: OwedWebhook; tried: number }[] = [];
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly stopped = new AbortController();
  private running = 0;

  constructor(ledger: Ledger, weather: Weather, options: WebhookOptions) {
    this.ledger = ledger;
    this.weather = weather;
    this.options = options;
  }

  /** What an earlier run owed. */
  resume(): void {
    for (const webhook of this.ledger.owed.values()) this.queue(webhook, 0);
  }

  send(webhook: OwedWebhook, order: string): void {
    const rule = this.weather.next("webhook", order);
    if (rule?.conduct === "never") {
      this.ledger.commit({ kind: "delivered", webhookId: webhook.id });
      return;
    }
    if (rule?.conduct === "late") {
      this.later(() => this.queue(webhook, 0), rule.delayMs);
      return;
    }
    this.queue(webhook, 0);
    if (rule?.conduct === "twice") this.queue(webhook, 0);
  }

  stop(): void {
    this.stopped.abort();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.waiting.length = 0;
  }

  private queue(webhook: OwedWebhook, tried: number): void {
    if (this.options.url === undefined || this.stopped.signal.aborted) return;
    this.waiting.push({ webhook, tried });
    this.pump();
  }

  private pump(): void {
    while (this.running < concurrency) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.running += 1;
      void this.deliver(next.webhook, next.tried).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private async deliver(webhook: OwedWebhook, tried: number): Promise<void> {
    const { url, secret, tries, firstRetryMs } = this.options;
    if (url === undefined) return;
    let accepted = false;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...signatureOf(webhook, secret, Date.now()),
        },
        body: webhook.body,
        redirect: "error",
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(tryMs)]),
      });
      await response.body?.cancel();
      accepted = response.ok;
    } catch {
      // The merchant is away: the same as a refusal, tried again later.
    }
    if (this.stopped.signal.aborted) return;
    if (accepted || tried + 1 >= tries)
      this.ledger.commit({ kind: "delivered", webhookId: webhook.id });
    else this.later(() => this.queue(webhook, tried + 1), firstRetryMs * 2 ** tried);
  }

  private later(act: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      act();
    }, delayMs);
    this.timers.add(timer);
  }
}

/** Toss signs nothing: whoever takes its webhooks has to ask. */
function signatureOf(
  { body, dialect }: OwedWebhook,
  secret: string,
  now: number,
): Record<string, string> {
  switch (dialect) {
    case "toss":
      return {};
    case "stripe": {
      const at = Math.floor(now / 1_000);
      const v1 = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
      return { "stripe-signature": `t=${at},v1=${v1}` };
    }
    default:
      // Webhooks owed since before there were other protocols name none.
      return { [signatureHeader]: signWebhook(body, secret, now) };
  }
}

// Opens Toss Payments' window, by Toss's own script, which is allowed on this page alone. What it opens
// the window with stands in the address behind the #: no request carries it. Whoever changes it there
// only keeps the own payment from being confirmed, because we confirm our own order and amount.

import { toss as en } from "../../i18n/en/toss.ts";
import { chooseLocale } from "../../i18n/i18n.ts";
import { toss as ko } from "../../i18n/ko/toss.ts";
import { paymentPages } from "../checkout/payment-config.ts";

/** Toss's script, as far as it is used: https://docs.tosspayments.com/sdk/v2/js */
type TossScript = {
  (
    clientKey: string,
  ): {
    payment(of: { customerKey: string }): {
      requestPayment(request: {
        method: "CARD";
        windowTarget: "self";
        amount: { currency: "KRW"; value: number };
        orderId: string;
        orderName: string;
        successUrl: string;
        failUrl: string;
      }): Promise<void>;
    };
  };
  ANONYMOUS: string;
};

const words = chooseLocale() === "ko" ? ko : en;
const root = document.querySelector<HTMLElement>("#toss");
void open();

async function open(): Promise<void> {
  if (!root) return;
  say(root, words.opening);
  const facts = new URLSearchParams(location.hash.slice(1));
  const [orderId, amount, back] = ["order", "amount", "back"].map((name) => facts.get(name) ?? "");
  const payment = paymentPages();
  // Only back to ourselves: this page must not become a door to anywhere.
  if (payment.provider !== "toss" || !orderId || !back || !isOurs(back)) return failed(root, "");
  try {
    const toss = await load(payment.script);
    await toss(payment.clientKey)
      .payment({ customerKey: toss.ANONYMOUS })
      .requestPayment({
        method: "CARD",
        // The whole page becomes the window: no frame of theirs inside ours, no popup to be blocked.
        windowTarget: "self",
        amount: { currency: "KRW", value: Number(amount) },
        orderId,
        orderName: words.name,
        successUrl: back,
        failUrl: back,
      });
  } catch {
    failed(root, back);
  }
}

function isOurs(address: string): boolean {
  return URL.canParse(address) && new URL(address).origin === location.origin;
}

function load(address: string): Promise<TossScript> {
  const known = () => (window as { TossPayments?: TossScript }).TossPayments;
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => {
      const loaded = known();
      if (loaded) resolve(loaded);
      else reject(new Error("Toss's script brought nothing"));
    };
    script.onerror = () => reject(new Error("Toss's script did not load"));
    document.head.append(script);
  });
}

function failed(page: HTMLElement, back: string): void {
  say(page, words.failed);
  const next = document.createElement("p");
  next.className = "soft";
  next.textContent = words.failedNext;
  page.append(next);
  if (!back) return;
  const again = document.createElement("button");
  again.className = "button primary";
  again.textContent = words.again;
  again.onclick = () => void open();
  const way = document.createElement("a");
  way.className = "button plain";
  way.href = back;
  way.textContent = words.back;
  page.append(again, way);
}

function say(page: HTMLElement, text: string): void {
  const title = document.createElement("h1");
  title.textContent = text;
  document.title = text;
  page.replaceChildren(title);
}

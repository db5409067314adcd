// The provider's page for a fan: choose a card (where the merchant sent none) and prove the payment, as
// a bank would show it: who asks, how much, yes or no. Made by the server, works without JavaScript,
// says plainly that no real money is involved. What an answer does: visit.ts.

import { testCards } from "../../test-cards.ts";
import type { SandboxPayment } from "../ledger.ts";

type Language = "ko" | "en";

const words = {
  ko: {
    title: "결제 인증",
    bank: "샌드박스 카드",
    practice: "연습용 결제입니다. 실제 돈은 오가지 않습니다.",
    ask: "이 결제를 승인하시겠습니까?",
    amount: "결제 금액",
    order: "주문 번호",
    choose: "어떤 카드로 결제할까요?",
    declined: "이 카드는 승인되지 않았습니다. 다른 카드를 골라 주세요.",
    leave: "결제하지 않고 돌아가기",
    approve: "승인하기",
    refuse: "거절하기",
    settled: "이 결제는 이미 처리되었습니다.",
    back: "주문으로 돌아가기",
    gone: "인증 요청을 찾을 수 없습니다. 주문 페이지에서 다시 시작해 주세요.",
    other: "English",
  },
  en: {
    title: "Confirm the payment",
    bank: "Sandbox Card",
    practice: "This is for practice. No real money moves.",
    ask: "Do you approve this payment?",
    amount: "Amount",
    order: "Order",
    choose: "Which card would you like to pay with?",
    declined: "This card was not approved. Please choose another.",
    leave: "Go back without paying",
    approve: "Approve",
    refuse: "Refuse",
    settled: "This payment has already been settled.",
    back: "Back to the order",
    gone: "There is no such request. Please start again from the order page.",
    other: "한국어",
  },
} as const satisfies Record<Language, Record<string, string>>;

export function languageOf(url: URL, headers: Headers): Language {
  const asked = url.searchParams.get("lang");
  if (asked === "ko" || asked === "en") return asked;
  return /^\s*ko\b/i.test(headers.get("accept-language") ?? "") ? "ko" : "en";
}

export function hostedPage(payment: SandboxPayment | undefined, language: Language): Response {
  const say = words[language];
  if (payment === undefined) return page(404, language, `<p>${say.gone}</p>`, undefined);
  const facts = `<dl><div><dt>${say.amount}</dt><dd class="amount">${escapeHtml(amountOf(payment, language))}</dd></div>
<div><dt>${say.order}</dt><dd>${escapeHtml(payment.order)}</dd></div></dl>`;
  const body = `${facts}${questionOf(payment, language)}`;
  return page(200, language, body, new URL(payment.returnUrl).origin);
}

function questionOf(payment: SandboxPayment, language: Language): string {
  const say = words[language];
  if (payment.state !== "requires-action")
    return `<p>${say.settled}</p><p><a href="${escapeHtml(payment.returnUrl)}">${say.back}</a></p>`;
  if (payment.behaviour !== undefined)
    return `<p>${say.ask}</p>
<form method="post"><button name="answer" value="approve" class="yes">${say.approve}</button>
<button name="answer" value="refuse">${say.refuse}</button></form>`;
  const cards = testCards.map(
    ({ number, name }) =>
      `<button name="card" value="${number}">${name[language]} · ${number.slice(-4)}</button>`,
  );
  return `<p${payment.declineCode === undefined ? "" : ' role="alert"'}>${
    payment.declineCode === undefined ? say.choose : say.declined
  }</p>
<form method="post">${cards.join("\n")}
<button name="answer" value="leave">${say.leave}</button></form>`;
}

function amountOf(payment: SandboxPayment, language: Language): string {
  const format = new Intl.NumberFormat(language === "ko" ? "ko-KR" : "en-US", {
    style: "currency",
    currency: payment.currency,
  });
  return format.format(
    payment.amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0),
  );
}

function page(status: number, language: Language, body: string, returnOrigin?: string): Response {
  const say = words[language];
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${say.title} · ${say.bank}</title>
<style>${style}</style></head><body><main><p class="bank">${say.bank}</p><h1>${say.title}</h1>${body}
<p class="note">${say.practice}</p><p class="note"><a href="?lang=${language === "ko" ? "en" : "ko"}" lang="${
    language === "ko" ? "en" : "ko"
  }">${say.other}</a></p></main></body></html>`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      // Browsers hold a form's redirects to form-action too: the way back to the shop must be named.
      "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'${
        returnOrigin === undefined ? "" : ` ${returnOrigin}`
      }; frame-ancestors 'none'; base-uri 'none'`,
    },
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5a6470;--paper:#f6f7f8;--card:#fff;--line:#d8dde2;--accent:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--ink:#eceff2;--soft:#a4aeb9;--paper:#14171a;--card:#1d2125;--line:#363d44;--accent:#7fb0ff}}
*{box-sizing:border-box}body{margin:0;word-break:keep-all;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);
font:16px/1.6 system-ui,Pretendard,"Apple SD Gothic Neo","Noto Sans KR","Malgun Gothic",sans-serif}
main{width:min(100% - 32px,420px);padding:32px;background:var(--card);border:1px solid var(--line);border-radius:16px}
.bank{margin:0;color:var(--soft)}h1{margin:4px 0 24px;font-size:24px;line-height:1.3}
dl{margin:0 0 16px}dl div{display:flex;justify-content:space-between;gap:16px;padding:12px 0;border-top:1px solid var(--line)}
dt{color:var(--soft);white-space:nowrap}dd{margin:0;overflow-wrap:anywhere;text-align:right}.amount{font-weight:600;font-variant-numeric:tabular-nums}
form{display:grid;gap:12px}button{min-height:48px;border:1px solid var(--line);border-radius:12px;background:transparent;color:inherit;font:inherit;cursor:pointer}
.yes{background:var(--accent);border-color:var(--accent);color:var(--card);font-weight:600}
a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.note{margin:24px 0 0;color:var(--soft);font-size:14px}`;

// The HTML of a mail. Mail programs know little: one column, styles on the elements, no script, no
// picture from outside.

import type { Locale } from "../wire/contract.ts";
import { mailWords } from "./mail-words.ts";

/** `links` stand under the picture; without a `cid` there is none. */
export type TicketInMail = {
  seat: string;
  cid: string | undefined;
  links: { label: string; url: string }[];
};
export type MailFacts = { label: string; value: string }[];
export type MailContent = {
  locale: Locale;
  title: string;
  hello: string;
  lead: string;
  facts: MailFacts;
  tickets: TicketInMail[];
  /** undefined: whoever reads it has no order. */
  orderUrl: string | undefined;
  note: string;
};

export function mailPage(content: MailContent): string {
  const say = mailWords[content.locale];
  const facts = content.facts.map(
    ({ label, value }) =>
      `<tr><td style="padding:8px 16px 8px 0;color:#5a6470;vertical-align:top;white-space:nowrap">${escapeHtml(label)}</td><td style="padding:8px 0">${escapeHtml(value)}</td></tr>`,
  );
  const tickets = content.tickets.map(({ seat, links, cid }) => {
    const picture =
      cid === undefined
        ? ""
        : `<img src="cid:${escapeHtml(cid)}" width="240" height="240" alt="${escapeHtml(`${say.ticket} · ${seat}`)}" style="display:block;margin:0 auto 12px">`;
    const ways = links.map(
      ({ label, url }) =>
        `<a href="${escapeHtml(url)}" style="color:#1f5fbf">${escapeHtml(label)}</a>`,
    );
    return `<div style="margin:16px 0;padding:24px;border:1px solid #d8dde2;border-radius:12px;text-align:center">
<p style="margin:0 0 12px;font-weight:600">${escapeHtml(seat)}</p>
${picture}
${ways.join(" · ")}</div>`;
  });
  return `<!doctype html><html lang="${content.locale}"><head><meta charset="utf-8"><title>${escapeHtml(content.title)}</title></head>
<body style="margin:0;background:#f6f7f8;color:#1b1f24;word-break:keep-all;overflow-wrap:break-word;font:16px/1.6 system-ui,-apple-system,'Apple SD Gothic Neo','Noto Sans KR','Malgun Gothic',sans-serif">
<div style="max-width:560px;margin:0 auto;padding:32px 24px;background:#ffffff">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.35">${escapeHtml(content.title)}</h1>
<p>${escapeHtml(content.hello)}<br>${escapeHtml(content.lead)}</p>
<table role="presentation" style="border-collapse:collapse;margin:16px 0">${facts.join("")}</table>
${tickets.join("")}
${content.note === "" ? "" : `<p style="color:#5a6470">${escapeHtml(content.note)}</p>`}
${content.orderUrl === undefined ? "" : `<p><a href="${escapeHtml(content.orderUrl)}" style="color:#1f5fbf">${escapeHtml(say.openOrder)}</a></p>`}
</div></body></html>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

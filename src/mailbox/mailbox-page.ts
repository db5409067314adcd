// The mailbox as pages: a list, and one mail. The mail's own HTML is shown in a sandboxed frame under a
// policy that runs nothing and loads nothing; pictures inside the mail become data addresses.

import { readMail } from "./read-mail.ts";
import type { MailFolder } from "./mail-folder.ts";

type Language = "ko" | "en";

const words = {
  ko: {
    title: "메일함",
    lead: "이 컴퓨터에서 보낸 메일이 모입니다. 밖으로 나가는 메일은 없습니다.",
    empty: "아직 도착한 메일이 없습니다.",
    back: "목록으로",
    from: "보낸 사람",
    to: "받는 사람",
    gone: "메일을 찾을 수 없습니다.",
    untitled: "제목 없음",
    raw: "원문 내려받기",
    other: "English",
  },
  en: {
    title: "Mailbox",
    lead: "Mail sent on this machine is collected here. None of it leaves.",
    empty: "No mail has arrived yet.",
    back: "Back to the list",
    from: "From",
    to: "To",
    gone: "There is no such mail.",
    untitled: "No subject",
    raw: "Download the original",
    other: "한국어",
  },
} as const satisfies Record<Language, Record<string, string>>;

const listed = 100;

export function mailboxHandler(folder: MailFolder): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const language = languageOf(url, request.headers);
    if (request.method !== "GET" && request.method !== "HEAD")
      return new Response("GET", { status: 405, headers: { allow: "GET, HEAD" } });
    if (url.pathname === "/") return listPage(folder, language);
    const [, id = "", view] =
      /^\/mails\/([0-9a-f-]{1,40})(?:\/(body|raw))?$/.exec(url.pathname) ?? [];
    const raw = await folder.read(id);
    if (raw === undefined) return page(404, language, words[language].gone, "");
    if (view === "body") return mailBody(raw);
    if (view === "raw") return original(raw, id);
    return mailPage(raw, id, language);
  };
}

async function listPage(folder: MailFolder, language: Language): Promise<Response> {
  const say = words[language];
  const rows: string[] = [];
  for (const id of await folder.list(listed)) {
    const raw = await folder.read(id);
    if (raw === undefined) continue;
    const mail = readMail(raw);
    rows.push(
      `<li><a href="/mails/${id}"><strong>${escapeHtml(mail.subject || say.untitled)}</strong><span>${escapeHtml(mail.to)}</span>${timeOf(id, language)}</a></li>`,
    );
  }
  const list =
    rows.length === 0 ? `<p class="empty">${say.empty}</p>` : `<ul>${rows.join("")}</ul>`;
  return page(200, language, say.title, `<p class="lead">${say.lead}</p>${list}`);
}

function mailPage(raw: Buffer, id: string, language: Language): Response {
  const say = words[language];
  const mail = readMail(raw);
  const body = `<p><a href="/">${say.back}</a></p>
<dl><dt>${say.from}</dt><dd>${escapeHtml(mail.from)}</dd><dt>${say.to}</dt><dd>${escapeHtml(mail.to)}</dd></dl>
<p class="when">${timeOf(id, language)}</p>
<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/mails/${id}/body" title="${escapeHtml(mail.subject)}"></iframe>
<p><a href="/mails/${id}/raw">${say.raw}</a></p>`;
  return page(200, language, mail.subject || say.untitled, body);
}

function mailBody(raw: Buffer): Response {
  const mail = readMail(raw);
  let html = mail.html ?? `<pre style="white-space:pre-wrap">${escapeHtml(mail.text)}</pre>`;
  for (const { cid, contentType, content } of mail.pictures) {
    const address = `data:${contentType};base64,${content.toString("base64")}`;
    html = html.replaceAll(`cid:${escapeHtml(cid)}`, address).replaceAll(`cid:${cid}`, address);
  }
  // Links open beside the mailbox: the frame itself goes nowhere.
  html = html.replace(/<head>/i, '<head><base target="_blank">');
  return new Response(html, {
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'",
    },
  });
}

function original(raw: Buffer, id: string): Response {
  return new Response(new Uint8Array(raw), {
    headers: {
      ...headers,
      "content-type": "message/rfc822",
      "content-disposition": `attachment; filename="${id}.eml"`,
    },
  });
}

const headers = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

function page(status: number, language: Language, title: string, body: string): Response {
  const other = language === "ko" ? "en" : "ko";
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main><header><h1>${escapeHtml(title)}</h1><a href="?lang=${other}" lang="${other}">${words[language].other}</a></header>${body}</main></body></html>`;
  return new Response(html, {
    status,
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "set-cookie": `lang=${language}; Path=/; SameSite=Lax; Max-Age=31536000`,
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
  });
}

function languageOf(url: URL, sent: Headers): Language {
  const asked =
    url.searchParams.get("lang") ?? /\blang=(ko|en)\b/.exec(sent.get("cookie") ?? "")?.[1];
  if (asked === "ko" || asked === "en") return asked;
  return /^\s*ko\b/i.test(sent.get("accept-language") ?? "") ? "ko" : "en";
}

function timeOf(id: string, language: Language): string {
  const at = new Date(Number(id.slice(0, 13)));
  const format = new Intl.DateTimeFormat(language === "ko" ? "ko-KR" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return `<time datetime="${at.toISOString()}">${escapeHtml(format.format(at))}</time>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5a6470;--paper:#f6f7f8;--card:#fff;--line:#d8dde2;--accent:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--ink:#eceff2;--soft:#a4aeb9;--paper:#14171a;--card:#1d2125;--line:#363d44;--accent:#7fb0ff}}
*{box-sizing:border-box}body{margin:0;word-break:keep-all;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,Pretendard,"Apple SD Gothic Neo","Noto Sans KR","Malgun Gothic",sans-serif}
main{max-width:760px;margin:0 auto;padding:32px 16px 64px}header{display:flex;align-items:baseline;justify-content:space-between;gap:16px}
h1{margin:0;font-size:24px;line-height:1.35;overflow-wrap:anywhere}.lead,.when,dt,span,time{color:var(--soft)}dt,time{white-space:nowrap}span{overflow-wrap:anywhere}.empty{padding:48px 0;text-align:center;color:var(--soft)}
ul{list-style:none;margin:24px 0;padding:0;border-top:1px solid var(--line)}li a{display:grid;grid-template-columns:1fr auto;gap:0 16px;min-height:56px;padding:12px 8px;
border-bottom:1px solid var(--line);color:inherit;text-decoration:none}li a:hover{background:var(--card)}li strong{grid-column:1/-1;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:auto 1fr;gap:4px 16px;margin:16px 0}dd{margin:0;overflow-wrap:anywhere}
iframe{width:100%;height:min(80vh,1100px);border:1px solid var(--line);border-radius:12px;background:#fff}a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}`;

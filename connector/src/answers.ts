// What the guard says when it does not let a request through: a redirect, a small page for a person, a
// problem (RFC 9457) for a program. None of it may be kept by a cache, and no address that holds a token
// may travel on as a referrer.

import { type RefusalCode, statusOf } from "./decide.ts";

export type HeaderList = readonly (readonly [name: string, value: string])[];
/** The request ends here with this answer. */
export type Answer = {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
};

const common: HeaderList = [
  ["cache-control", "no-store"],
  ["referrer-policy", "no-referrer"],
  ["x-content-type-options", "nosniff"],
];

const words: Readonly<Record<RefusalCode, { readonly ko: string; readonly en: string }>> = {
  "not-admitted": {
    ko: "입장하신 분만 이용할 수 있습니다. 대기 페이지에서 차례를 기다려 주세요.",
    en: "Only for those who have been admitted. Please wait for your turn on the waiting page.",
  },
  "admission-invalid": {
    ko: "이 입장권한은 확인되지 않습니다.",
    en: "This admission cannot be verified.",
  },
  "admission-expired": { ko: "구매 시간이 끝났습니다.", en: "Your time in the shop has ended." },
  "admission-used": {
    ko: "다른 브라우저에서 이미 사용된 입장권한입니다. 그 브라우저에서 이어가 주세요.",
    en: "This admission is in use in another browser. Please go on there.",
  },
  "cookies-needed": {
    ko: "쿠키를 허용한 뒤 대기 페이지에서 다시 들어와 주세요. 차례는 그대로 있습니다.",
    en: "Please allow cookies and come in again from the waiting page. Your turn is kept.",
  },
  "briefly-unavailable": {
    ko: "지금은 입장을 확인할 수 없습니다. 잠시 뒤 이 페이지를 새로 고쳐 주세요.",
    en: "Your admission cannot be verified right now. Please reload this page in a moment.",
  },
  "ambiguous-path": { ko: "주소를 이해하지 못했습니다.", en: "This address is not understood." },
};

export function redirect(location: string, cookies: readonly string[] = []): Answer {
  const headers: HeaderList = [["location", location], ...common, ...setCookies(cookies)];
  return { kind: "answer", status: 302, headers, body: "" };
}

/** @property waitingRoom where an app sends its fan. */
export function refusal(
  code: RefusalCode,
  how: {
    readonly asPage: boolean;
    readonly language: string | undefined;
    readonly waitingRoom: string;
    readonly cookies?: readonly string[];
  },
): Answer {
  const status = statusOf[code];
  const locale = /^\s*ko\b/i.test(how.language ?? "") ? "ko" : "en";
  const title = words[code][locale];
  const retry: HeaderList = status === 503 ? [["retry-after", "5"]] : [];
  const type = how.asPage ? "text/html" : "application/problem+json";
  const headers: HeaderList = [
    ["content-type", `${type}; charset=utf-8`],
    ["vary", "Accept, Accept-Language, Cookie"],
    ...common,
    ...retry,
    ...setCookies(how.cookies ?? []),
  ];
  const problem = { type: `urn:usher:problem:${code}`, title, status, code };
  const body = how.asPage
    ? pageOf(locale, title)
    : JSON.stringify({ ...problem, waitingRoom: how.waitingRoom });
  return { kind: "answer", status, headers, body };
}

export function setCookies(cookies: readonly string[]): HeaderList {
  return cookies.map((cookie) => ["set-cookie", cookie] as const);
}

/** Only our own words go in: nothing of the request is ever written into a page. */
function pageOf(locale: string, title: string): string {
  const style =
    "font:18px/1.6 system-ui,sans-serif;max-width:34rem;margin:20vh auto;padding:0 24px";
  return `<!doctype html><html lang="${locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${title}</title><main style="${style}"><h1 style="font-size:1.4rem">${title}</h1></main></html>`;
}

// A ticket offered by somebody: what it is, who you are, accept. Accepting is safe to repeat with the
// same name and address: whoever lost the answer gets the same ticket.

import type { AcceptedTicket, OfferedTicket } from "../../../wire/contract.ts";
import { formatDateTime } from "../../i18n/format.ts";
import { chooseLocale, mountLanguageSwitch } from "../../i18n/i18n.ts";
import { order as en } from "../../i18n/en/order.ts";
import { order as ko } from "../../i18n/ko/order.ts";
import { apiAddress } from "../../site-config.ts";
import { call, isWrongEmail } from "../calls/http.ts";
import { make } from "../ticket/make.ts";

const offer = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const locale = chooseLocale();
const words = locale === "ko" ? ko : en;
const say = words.gift;
const root = document.querySelector<HTMLElement>("#gift");
if (root) void open(root);

async function open(page: HTMLElement): Promise<void> {
  page.replaceChildren(make("p", { class: "soft", role: "status" }, words.ticket.loading));
  const options = { body: { offer }, tries: 4 };
  const reply = await call<OfferedTicket>("POST", apiAddress("offered"), options);
  page.removeAttribute("aria-busy");
  if (reply.kind === "ok") show(page, reply.value);
  else if (reply.kind === "problem" && reply.problem.status < 500) showEnd(page, say.ended);
  else showEnd(page, words.failed);
}

function show(page: HTMLElement, offered: OfferedTicket): void {
  const { performance, expiresAt } = offered;
  const { section, row, label } = offered.seat[locale];
  document.title = `${performance.name[locale]} · ${say.title}`;
  const language = make("button", { type: "button", class: "language" });
  mountLanguageSwitch(language, locale);
  const facts: [string, string][] = [
    [words.ticket.date, formatDateTime(performance.startsAt, locale, performance.timeZone)],
    [words.ticket.venue, performance.venue[locale]],
    [words.ticket.section, section],
    ...(row ? [[words.ticket.row, row] as [string, string]] : []),
    [row ? words.ticket.seat : words.ticket.entry, label],
  ];
  page.className = "gift";
  page.replaceChildren(
    make("p", { class: "faint" }, say.title),
    make("h1", {}, performance.name[locale]),
    make(
      "dl",
      { class: "card gift-facts" },
      ...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
    ),
    make("p", { class: "soft" }, say.lead),
    acceptForm(),
    make("p", { class: "faint" }, say.until(formatDateTime(expiresAt, locale))),
    language,
  );
}

function acceptForm(): HTMLElement {
  const name = field("name", { autocomplete: "name", maxlength: "80" });
  const email = field("email", { type: "email", autocomplete: "email", maxlength: "254" });
  const accept = make("button", { class: "button primary wide" }, say.accept);
  const told = make("p", { class: "told", role: "status" });
  const form = make(
    "form",
    { novalidate: "" },
    make("label", { for: "name" }, say.name),
    name,
    make("label", { for: "email" }, say.email),
    email,
    accept,
  );
  /** Beside what it is about: a field, or the button. */
  const tell = (sentence: string, beside: HTMLElement = accept) => {
    for (const input of [name, email]) input.setAttribute("aria-invalid", String(input === beside));
    beside.after(told);
    told.textContent = sentence;
    if (beside !== accept) beside.focus();
  };
  form.onsubmit = (submitted) => {
    submitted.preventDefault();
    const wrong = [name, email].find((input) => !input.value.trim() || !input.checkValidity());
    if (wrong !== undefined) return tell(wrong === name ? say.nameWrong : say.emailWrong, wrong);
    accept.disabled = true;
    tell(say.accepting);
    const receiver = { name: name.value.trim(), email: email.value.trim(), locale };
    void take(receiver).then((outcome) => {
      accept.disabled = false;
      if (outcome === "wrong-email") tell(say.emailWrong, email);
      else if (outcome === "failed") tell(say.failed);
    });
  };
  accept.after(told);
  return form;
}

function field(id: string, attributes: Record<string, string>): HTMLInputElement {
  return make("input", { id, required: "", ...attributes });
}

async function take(receiver: object): Promise<"taken" | "ended" | "wrong-email" | "failed"> {
  const options = { body: { offer, receiver }, tries: 4 };
  const reply = await call<AcceptedTicket>("POST", apiAddress("offeredAccept"), options);
  if (reply.kind === "ok") {
    location.replace(reply.value.url);
    return "taken";
  }
  // What a browser takes for an address is not always one.
  if (isWrongEmail(reply)) return "wrong-email";
  if (reply.kind === "offline" || reply.problem.status >= 429) return "failed";
  if (root) showEnd(root, say.ended);
  return "ended";
}

function showEnd(page: HTMLElement, [title = "", next = ""]: readonly string[]): void {
  page.className = "end";
  page.replaceChildren(make("h1", {}, title), make("p", { class: "soft" }, next));
}

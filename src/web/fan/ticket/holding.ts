// Under a ticket, for who holds it: give it to somebody, take that back, have it mailed again. Shown
// only where the holder's code is known, which is in the mails and on the order page, not in the QR.

import type { HoldingView } from "../../../wire/contract.ts";
import { formatDateTime } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { OrderWords } from "../../i18n/ko/order.ts";
import { apiAddress } from "../../site-config.ts";
import { call, isWrongEmail, newKey, type Reply } from "../calls/http.ts";
import { make } from "./make.ts";

type Held = { holder: string; words: OrderWords["ticket"]; locale: Locale };

export async function showHolding(page: HTMLElement, held: Held): Promise<void> {
  const { holder } = held;
  const reply = await call<HoldingView>("POST", apiAddress("ticketHolding"), { body: { holder } });
  if (reply.kind !== "ok" || reply.value.state !== "live") return;
  const section = make("section", { class: "holding", "aria-labelledby": "own-title" });
  const told = make("p", { class: "told", role: "status" });
  draw({ section, told, held }, reply.value);
  page.append(section);
}

type Place = { section: HTMLElement; told: HTMLElement; held: Held };

function draw(place: Place, view: HoldingView): void {
  const { section, told, held } = place;
  const { words } = held;
  section.replaceChildren(
    make("h2", { id: "own-title" }, words.own),
    ...(view.offer ? openOffer(place, view.offer) : [offering(place, view)]),
    againButton(place),
    told,
  );
}

function openOffer(place: Place, offer: NonNullable<HoldingView["offer"]>): HTMLElement[] {
  const { words, locale } = place.held;
  const copy = make("button", { type: "button", class: "button" }, words.copy);
  const link = location.origin + offer.url;
  copy.onclick = () =>
    void navigator.clipboard.writeText(link).then(
      () => tell(place, words.copied),
      () => tell(place, link),
    );
  const withdraw = make("button", { type: "button", class: "button plain" }, words.withdraw);
  withdraw.onclick = () => void change(place, "DELETE", {});
  const sentence = words.offered(offer.to, formatDateTime(offer.expiresAt, locale));
  return [make("p", {}, sentence), copy, withdraw];
}

function offering(place: Place, view: HoldingView): HTMLElement {
  const { words, locale } = place.held;
  if (view.keptBecause !== undefined) {
    return make("p", { class: "soft" }, words.kept[view.keptBecause]);
  }
  const email = make("input", {
    id: "give-email",
    type: "email",
    required: "",
    maxlength: "254",
    autocomplete: "off",
    inputmode: "email",
    "aria-describedby": "give-hint",
  });
  const send = make("button", { class: "button primary wide" }, words.send);
  const form = make(
    "form",
    { class: "give", novalidate: "" },
    make("p", { id: "give-hint", class: "soft" }, words.giveHint),
    make("label", { for: "give-email" }, words.email),
    email,
    send,
  );
  form.onsubmit = (submitted) => {
    submitted.preventDefault();
    const isWrong = email.value.trim() === "" || !email.checkValidity();
    if (isWrong) {
      tell(place, words.emailWrong);
      email.focus();
      return;
    }
    send.disabled = true;
    void change(place, "POST", { email: email.value.trim(), locale }).then(() => {
      send.disabled = false;
    });
  };
  const summary = make("summary", {}, words.give);
  return make("details", {}, summary, form);
}

function againButton(place: Place): HTMLElement {
  const { words, holder } = place.held;
  const again = make("button", { type: "button", class: "button plain" }, words.again);
  again.onclick = async () => {
    again.disabled = true;
    const options = { body: { holder }, idempotencyKey: newKey() };
    const reply = await call<{ to: string }>("POST", apiAddress("ticketAgain"), options);
    again.disabled = false;
    tell(place, reply.kind === "ok" ? words.againDone(reply.value.to) : whyNot(place, reply));
  };
  return again;
}

async function change(place: Place, method: "POST" | "DELETE", more: object): Promise<void> {
  const { holder } = place.held;
  const body = { holder, ...more };
  const reply = await call<HoldingView>(method, apiAddress("ticketOffer"), { body, tries: 1 });
  if (reply.kind === "ok") {
    tell(place, "");
    draw(place, reply.value);
  } else tell(place, whyNot(place, reply));
}

function whyNot({ held: { words } }: Place, reply: Reply<unknown>): string {
  if (reply.kind !== "problem") return words.failed;
  // What a browser takes for an address is not always one.
  if (isWrongEmail(reply)) return words.emailWrong;
  const reason = String(reply.problem.facts?.["reason"] ?? "");
  const known = Object.entries(words.kept).find(([name]) => name === reason)?.[1];
  return known ?? (reply.problem.title || words.failed);
}

/** Beside the field that it is about, where there is one. */
function tell({ told, section, held: { words } }: Place, sentence: string): void {
  const email = section.querySelector("#give-email");
  const isWrong = sentence === words.emailWrong;
  email?.setAttribute("aria-invalid", String(isWrong));
  if (isWrong && email !== null) email.after(told);
  else section.append(told);
  told.textContent = sentence;
}

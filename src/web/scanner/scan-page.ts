// The scanner at a gate: sign in once, then camera or typed codes, and one answer that can be read from
// a metre: word, sign and colour together, never colour alone. Read next: gate.ts, camera.ts.

import type { Verdict, Way } from "../../wire/tickets/door.ts";
import { routes } from "../../wire/routes.ts";
import { make } from "../fan/ticket/make.ts";
import { chooseLocale, mountLanguageSwitch } from "../i18n/i18n.ts";
import { scanner as en } from "../i18n/en/scanner.ts";
import { scanner as ko } from "../i18n/ko/scanner.ts";
import { openCamera } from "./camera.ts";
import { type Gate, openGate, type Sync, type Told } from "./gate.ts";
import { openGateStore } from "./gate-store.ts";

const locale = chooseLocale();
const words = locale === "ko" ? ko : en;
const root = document.querySelector<HTMLElement>("#scanner");
const syncMs = 4_000;
/** The same code in view is not asked about again so soon. */
const sameCodeMs = 5_000;
const signs: Record<string, string> = {
  "let-in": "✓",
  "let-out": "↗",
  "not-in": "?",
  "already-in": "!!",
  none: "?",
};

if (root) void start(root);

async function start(page: HTMLElement): Promise<void> {
  document.title = `${words.title} · Usher`;
  void navigator.serviceWorker?.register(routes.scanWorker, { scope: routes.scanPage });
  // Asked for, because kept scans must not be thrown away when the phone runs out of room.
  void navigator.storage?.persist?.();
  const store = await openGateStore();
  const gate = await openGate(store, () => showSignIn(page, gate));
  page.removeAttribute("aria-busy");
  if (gate.session() === undefined) showSignIn(page, gate);
  else showScanner(page, gate);
}

function showSignIn(page: HTMLElement, gate: Gate): void {
  const say = words.signIn;
  const code = make("input", {
    id: "device-code",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: "40",
  });
  const told = make("p", { class: "told", role: "alert" });
  const button = make("button", { class: "button primary wide" }, say.button);
  const form = make(
    "form",
    {},
    make("label", { for: "device-code" }, say.code),
    code,
    button,
    told,
  );
  form.onsubmit = async (submitted) => {
    submitted.preventDefault();
    button.disabled = true;
    const problem = await gate.signIn(code.value);
    button.disabled = false;
    if (problem === undefined) showScanner(page, gate);
    else told.textContent = problem || say.failed;
  };
  page.className = "sign-in";
  const title = make("h1", {}, say.title);
  page.replaceChildren(title, make("p", { class: "soft" }, say.lead), form, language());
  code.focus();
}

function language(): HTMLElement {
  const button = make("button", { type: "button", class: "language" });
  mountLanguageSwitch(button, locale);
  return button;
}

function showScanner(page: HTMLElement, gate: Gate): void {
  const session = gate.session();
  if (session === undefined) return;
  const video = make("video", { playsinline: "", muted: "", "aria-hidden": "true" });
  const answer = make("div", { class: "answer", role: "status", "aria-live": "assertive" });
  const network = make("p", { class: "network", role: "status" }, words.loading);
  answer.append(make("p", { class: "ready" }, words.ready));
  page.className = "scanner";
  page.replaceChildren(
    make(
      "header",
      {},
      make("h1", {}, session.gate),
      make("p", { class: "soft" }, session.performance.name[locale]),
      network,
    ),
    ...(session.reEntry ? [ways((chosen) => turnTo(chosen))] : []),
    make("div", { class: "view" }, video),
    answer,
    manualForm((code) => inTurn(code)),
    footer(page, gate, network),
  );

  let last = { code: "", at: 0 };
  let waiting = 0;
  let turn: Promise<void> = Promise.resolve();
  let way: Way = "in";
  const turnTo = (chosen: Way) => {
    way = chosen;
    last = { code: "", at: 0 };
    page.dataset["way"] = way;
    delete answer.dataset["verdict"];
    answer.replaceChildren(make("p", { class: "ready" }, words.readyFor[way]));
  };
  const check = async (code: string) => {
    last = { code, at: Date.now() };
    showAnswer(answer, gate, await gate.look(code, way));
  };
  /** A typed code waits until the one before it is answered; the camera shows its code again. */
  const inTurn = (code: string) => {
    waiting++;
    const checked = turn.then(() => check(code)).finally(() => waiting--);
    turn = checked.catch(() => undefined);
    return checked;
  };
  const onCode = (code: string) => {
    const same = code === last.code && Date.now() - last.at < sameCodeMs;
    if (same) last.at = Date.now();
    else if (waiting === 0) void inTurn(code);
  };
  openCamera(video, onCode).then(
    (camera) => {
      // Where the page went on to something else, the camera goes off.
      new MutationObserver(() => page.contains(video) || camera.stop()).observe(page, {
        childList: true,
      });
    },
    () => {
      video.remove();
      answer.replaceChildren(make("p", { class: "ready" }, words.noCamera));
    },
  );
  follow(page, gate, network);
}

/** Which way people go here. Says so by words, and stays until it is changed. */
function ways(choose: (way: Way) => void): HTMLElement {
  const group = make("div", { class: "ways", role: "group", "aria-label": words.way });
  const buttons = (["in", "out"] as const).map((way) => {
    const button = make(
      "button",
      { type: "button", class: "button", "aria-pressed": String(way === "in") },
      words.ways[way],
    );
    button.onclick = () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      choose(way);
    };
    return button;
  });
  group.append(...buttons);
  return group;
}

/** Sends and reads again every few seconds, and at once when the network is back. */
function follow(page: HTMLElement, gate: Gate, network: HTMLElement): void {
  let running = false;
  const round = async () => {
    if (running) return;
    running = true;
    const sync = await gate.sync().finally(() => {
      running = false;
    });
    showNetwork(network, sync);
  };
  const again = () => void round();
  const timer = setInterval(() => {
    if (page.contains(network)) return void round();
    clearInterval(timer);
    removeEventListener("online", again);
  }, syncMs);
  addEventListener("online", again);
  void round();
}

function showNetwork(network: HTMLElement, sync: Sync): void {
  const minutes = Math.max(0, Math.round((Date.now() - sync.listedAt) / 60_000));
  const parts = [
    sync.online ? words.online : words.offline(minutes),
    ...(sync.waiting > 0 ? [words.waiting(sync.waiting)] : []),
    ...(sync.conflicts > 0 ? [words.conflicts(sync.conflicts)] : []),
  ];
  network.dataset["online"] = String(sync.online);
  network.dataset["waiting"] = String(sync.waiting);
  network.dataset["conflicts"] = String(sync.conflicts);
  network.textContent = parts.join(" · ");
}

function manualForm(onCode: (code: string) => Promise<void>): HTMLElement {
  const code = make("input", {
    id: "code",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    maxlength: "512",
    "aria-describedby": "code-hint",
  });
  const form = make(
    "form",
    { class: "manual" },
    make("label", { for: "code" }, words.manual),
    code,
    make("button", { class: "button" }, words.check),
    make("p", { id: "code-hint", class: "faint" }, words.manualHint),
  );
  form.onsubmit = (submitted) => {
    submitted.preventDefault();
    const typed = code.value.trim();
    if (typed === "") return;
    void onCode(typed).then(() => {
      code.value = "";
      code.focus();
    });
  };
  return form;
}

function footer(page: HTMLElement, gate: Gate, network: HTMLElement): HTMLElement {
  const out = make("button", { type: "button", class: "button plain" }, words.signOut);
  out.onclick = async () => {
    const { waiting } = await gate.sync();
    if (waiting > 0) network.textContent = words.signOutHeld;
    else await gate.signOut();
  };
  return make("footer", {}, out, language());
}

function showAnswer(answer: HTMLElement, gate: Gate, { verdict, offline }: Told): void {
  const kind = verdict?.kind ?? "none";
  const [title, next] = words.verdict[kind] ?? ["", ""];
  answer.dataset["verdict"] = kind;
  const details = [
    verdict && "seat" in verdict ? seatOf(gate, verdict.seat) : "",
    verdict?.kind === "already-in" ? usedAt(gate, verdict) : "",
    next,
    offline && verdict ? words.judgedAlone : "",
  ];
  answer.replaceChildren(
    make("p", { class: "sign", "aria-hidden": "true" }, signs[kind] ?? "✕"),
    make("p", { class: "word" }, title),
    ...details.filter((line) => line !== "").map((line) => make("p", { class: "detail" }, line)),
  );
  const isGood = kind === "let-in" || kind === "let-out";
  navigator.vibrate?.(isGood ? 60 : [120, 80, 120]);
}

function seatOf(gate: Gate, seat: number): string {
  const known = gate.seats();
  const [section, row, label] = known?.seats[seat] ?? [];
  const name = section === undefined ? undefined : known?.sections[section];
  return name === undefined ? "" : words.seat(name[locale], row ?? "", label ?? "");
}

function usedAt(gate: Gate, { gate: name, at }: Verdict & { kind: "already-in" }): string {
  const timeZone = gate.session()?.performance.timeZone;
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone });
  return words.usedAt(name, clock.format(at));
}

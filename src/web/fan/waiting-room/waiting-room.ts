// The waiting page: a thin shell around the waiting fan (wire/waiting.ts). It carries out the machine's
// effects, draws its state once a second and at every change, and leads to the shop at the turn.
// What is shown is picture.ts, how is stage.ts.
//
// At the turn a page in view goes on by itself. A page in the back lets the turn wait for the fan to
// look: claiming it unseen would start the shop's clock for somebody who is not there.

import { waitRange } from "../../../domain/waiting-room/estimate.ts";
import { newId, type OnSaleId, parseId } from "../../../foundation/ids.ts";
import type { OnSaleView } from "../../../wire/contract.ts";
import { checkDraw } from "../../../wire/draw-check.ts";
import { aheadOf, startWaiting, step } from "../../../wire/waiting.ts";
import type {
  WaitingEffect,
  WaitingInput,
  WaitingFan,
  WaitingStep,
} from "../../../wire/waiting-state.ts";
import { applyAccent } from "../../accent.ts";
import { waitingRoom as en } from "../../i18n/en/waiting-room.ts";
import { chooseLocale, type Locale, mountLanguageSwitch } from "../../i18n/i18n.ts";
import { waitingRoom as ko } from "../../i18n/ko/waiting-room.ts";
import { siteConfig } from "../../site-config.ts";
import { callsFor } from "./calls.ts";
import { findingsOf } from "./draw-control.ts";
import { type PlaceRecord, placeStore } from "./kept-place.ts";
import { openStream } from "./live-stream.ts";
import { pictureOf } from "./picture.ts";
import { noticeOf, sceneOf } from "./scene.ts";
import { serverClock } from "./server-clock.ts";
import { show, showFindings } from "./stage.ts";
import { signalTurn, toggleSound } from "./turn-signal.ts";

/** The connector's identityParameter (connector/src/origin/identity.ts). */
const identityParameter = "usher-identity";
/** Long enough to read "it is your turn", short beside the admission's five minutes. */
const enterAfterMs = 2_500;

/** The general page of a static host takes the on-sale from ?on-sale= as well. */
function onSaleInAddress(): OnSaleId | undefined {
  const [, , inPath] = location.pathname.split("/");
  const asked = new URLSearchParams(location.search).get("on-sale");
  return parseId("on-sale", inPath) ?? parseId("on-sale", asked);
}

/** A shop's word for the fan comes in the address, and must not stay there. */
function withIdentity(record: PlaceRecord): PlaceRecord {
  const address = new URL(location.href);
  const identity = address.searchParams.get(identityParameter);
  address.searchParams.delete(identityParameter);
  if (identity === null) return record;
  history.replaceState(null, "", address);
  return { ...record, proof: { identity } };
}

function openRoom(onSaleId: OnSaleId) {
  const calls = callsFor(onSaleId);
  const store = placeStore(onSaleId);
  const clock = serverClock();
  let record = withIdentity(store.read());
  let locale: Locale = chooseLocale();
  let onSale: OnSaleView | undefined;
  let kept = true;
  let fan: WaitingFan;
  let pollTimer: ReturnType<typeof setTimeout> | undefined;
  let enterTimer: ReturnType<typeof setTimeout> | undefined;
  let closeStream = () => {};
  /** A claim that waits for the fan to look at the page. */
  let heldClaim: { queueToken: string; claimBy: number } | undefined;
  /** The shop was full when the turn was claimed: let in with one of the next groups. */
  let passedOver = false;
  let signalled = false;
  let computing = false;

  const words = () => (locale === "ko" ? ko : en);
  const visible = () => document.visibilityState === "visible";
  const tell = (event: WaitingInput) => {
    if (event.kind === "claim-wait") passedOver = true;
    take(step(fan, event, Date.now()));
    // A refused status brings no frontier, and without one the machine cannot know that it may join.
    if (event.kind === "token-invalid" && !fan.frontier) void calls.poll(undefined).then(tell);
  };

  function take(next: WaitingStep): void {
    fan = next.state;
    if (fan.frontier) clock.learn(fan.frontier.now);
    next.effects.forEach(carryOut);
    rememberDraw();
    placeFromDraw();
    if (fan.admission) enterSoon();
    draw();
  }

  function carryOut(effect: WaitingEffect): void {
    switch (effect.kind) {
      case "join":
        void calls.join(effect.entryId, record.proof ?? {}).then(tell);
        break;
      case "open-stream":
        closeStream = openStream(onSaleId, effect.queueToken, tell);
        break;
      case "close-stream":
        closeStream();
        break;
      case "poll-after":
        clearTimeout(pollTimer);
        pollTimer = setTimeout(() => void calls.poll(fan.queueToken).then(tell), effect.ms);
        break;
      case "claim":
        if (visible()) void calls.claim(effect.queueToken).then(tell);
        else holdClaim(effect.queueToken);
        break;
      case "persist":
        record = { ...record, place: effect.place };
        kept = store.write(record);
        break;
    }
  }

  function holdClaim(queueToken: string): void {
    const windowMs = fan.frontier?.claimWindowMs ?? 0;
    heldClaim = { queueToken, claimBy: clock.now() + windowMs };
  }

  function releaseClaim(): void {
    if (!heldClaim) return;
    const { queueToken } = heldClaim;
    heldClaim = undefined;
    void calls.claim(queueToken).then(tell);
  }

  /** The commitment counts only if it was here before the seed was told. */
  function rememberDraw(): void {
    const { frontier, queueToken } = fan;
    if (!frontier || queueToken === undefined) return;
    const before = JSON.stringify(record);
    if (frontier.draw.cohort === undefined) record.commitment ??= frontier.draw.commitment;
    record.servingAtStart ??= frontier.serving;
    if (JSON.stringify(record) !== before) kept = store.write(record);
  }

  /** At the opening every page computes its own number, instead of a million asking for theirs. */
  function placeFromDraw(): void {
    const { frontier, index, position } = fan;
    if (!frontier || index === undefined || position !== undefined || computing) return;
    const { seed, cohort, commitment } = frontier.draw;
    if (seed === undefined || cohort === undefined || !globalThis.crypto?.subtle) return;
    computing = true;
    void checkDraw({ commitment, seed, cohort }, index)
      .then((check) => {
        if (check.kind === "holds") tell({ kind: "placed", position: check.position });
      })
      .finally(() => {
        computing = false;
      });
  }

  function enterSoon(): void {
    if (visible() && enterTimer === undefined) enterTimer = setTimeout(enter, enterAfterMs);
  }

  function enter(): void {
    const { admission } = fan;
    if (!admission) return releaseClaim();
    if (admission.expiresAt <= clock.now()) return restart();
    const url = new URL(admission.shopUrl, siteConfig().shop || location.href);
    const back = new URLSearchParams(location.search).get("return");
    if (back) url.searchParams.set("usher-return", back);
    if (url.protocol === "https:" || url.protocol === "http:") location.assign(url);
  }

  function draw(): void {
    const now = clock.now();
    const claimBy = fan.admission?.expiresAt ?? heldClaim?.claimBy;
    const scene = sceneOf(fan, { now, claimBy, passedOver });
    const ahead = aheadOf(fan);
    const view = {
      scene,
      onSale,
      frontier: fan.frontier,
      position: fan.position,
      servingAtStart: record.servingAtStart ?? 0,
      wait: ahead === undefined ? undefined : waitRange(ahead, fan.frontier?.pacePerMin),
      claimBy,
      told: fan.told ?? "",
      proved: record.proof !== undefined,
      admitted: fan.admission !== undefined,
      notice: noticeOf(fan, kept, Date.now()),
      commitmentKept: record.commitment !== undefined,
    };
    if (scene === "turn" && !signalled) signalTurn();
    signalled = scene === "turn";
    show(pictureOf(view, words(), now, locale), words(), ahead);
  }

  function restart(): void {
    closeStream();
    clearTimeout(enterTimer);
    enterTimer = undefined;
    heldClaim = undefined;
    passedOver = false;
    take(startWaiting(record.place, Math.random(), Date.now()));
    if (!navigator.onLine) tell({ kind: "offline" });
  }

  /** The name and the colour are a nicety; the place does not wait for them. */
  async function describe(retryMs: number): Promise<void> {
    onSale = await calls.describe();
    if (!onSale) {
      const later = Math.min(retryMs * 2, 120_000);
      setTimeout(() => void describe(later), retryMs * (0.5 + Math.random()));
      return;
    }
    applyAccent(onSale.accent);
    draw();
  }

  return {
    start() {
      restart();
      void describe(4_000);
    },
    restart,
    tell,
    enter,
    again() {
      // Where the place itself is at fault only a new entry helps; else asking again does.
      const { problem } = fan;
      if (problem === "shop-session-ended" || problem === "queue-token-invalid") {
        record = { place: { entryId: newId("entry") } };
      }
      restart();
    },
    prove(code: string) {
      record.proof = { code };
      restart();
    },
    looked() {
      if (!visible()) return clearTimeout(enterTimer);
      releaseClaim();
      enterTimer = undefined;
      tell({ kind: "tick" });
      if (fan.admission) enterSoon();
    },
    speak(next: Locale) {
      locale = next;
      showFindings([]);
      draw();
    },
    async check() {
      const { frontier, index, position } = fan;
      if (!frontier || index === undefined || position === undefined) return;
      const question = { draw: frontier.draw, index, position, keptCommitment: record.commitment };
      showFindings([{ tone: "unsaid", text: words().draw.checking }]);
      showFindings(await findingsOf(question, words().draw, locale));
    },
    locale: () => locale,
  };
}

const onSaleId = onSaleInAddress();
const on = (id: string, act: (button: HTMLElement) => void) => {
  const button = document.getElementById(id) as HTMLElement;
  button.onclick = () => act(button);
};
if (onSaleId) {
  const room = openRoom(onSaleId);
  room.start();
  mountLanguageSwitch(
    document.getElementById("language") as HTMLElement,
    room.locale(),
    room.speak,
  );
  const ask = document.getElementById("ask") as HTMLFormElement;
  ask.onsubmit = (event) => {
    event.preventDefault();
    room.prove((ask.elements[0] as HTMLInputElement).value);
  };
  on("enter", room.enter);
  on("again", room.again);
  on("check", () => void room.check());
  on("sound", (button) => {
    void toggleSound().then((isOn) => button.setAttribute("aria-pressed", String(isOn)));
  });
  setInterval(() => room.tell({ kind: "tick" }), 1000);
  addEventListener("online", () => room.tell({ kind: "online" }));
  addEventListener("offline", () => room.tell({ kind: "offline" }));
  document.addEventListener("visibilitychange", room.looked);
  // Back from the shop with the browser's button: the kept page must ask anew where it stands.
  addEventListener("pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) room.restart();
  });
} else {
  location.replace("/");
}

// Puts a Picture on the page. The elements are there from the start and only change their words, so
// focus stays, nothing jumps, and only digits that changed slide in.
// Screen readers hear what matters through one status line: a new scene, a new notice, and the number
// ahead at thresholds; never every second.

import type { WaitingRoomWords } from "../../i18n/ko/waiting-room.ts";
import type { Finding } from "./draw-control.ts";
import type { Picture } from "./picture.ts";

const byId = <E extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as E;

let shown: Picture | undefined;
let saidAt = Number.POSITIVE_INFINITY;

/** @param ahead people ahead, for announcing thresholds; undefined where it says nothing. */
export function show(picture: Picture, words: WaitingRoomWords, ahead: number | undefined): void {
  document.documentElement.dataset["scene"] = picture.scene;
  document.title = picture.title;
  byId("room").setAttribute("aria-busy", String(picture.scene === "loading"));
  for (const part of ["name", "when", "label", "read", "next", "more", "notice"] as const) {
    write(part, picture[part]);
  }
  write("drawn", picture.drawn);
  write("drawn-more", picture.drawnMore);
  write("kept", picture.kept);
  write("unit", picture.unit);
  slide(picture.hero ?? "");
  track(picture.share);
  facts(picture.facts ?? []);
  write("check", picture.check ? words.draw.check : "");
  byId("draw").hidden = !picture.drawn && !picture.drawnMore;
  write("enter", picture.enter ? words.turn.enter : "");
  write("again", picture.again ? words[picture.again === "retry" ? "again" : "rejoin"] : "");
  write("home", picture.home ? words.home : "");
  write("sound", picture.sound ? words.sound : "");
  write("code-label", picture.code);
  write("join", picture.code && words.code.go);
  byId("ask").hidden = !picture.code;
  if (picture.code && picture.next !== shown?.next) byId("code").focus();
  announce(picture, ahead);
  // Who waited with the keyboard finds the button under the next key press.
  if (picture.enter && !shown?.enter) byId("enter").focus({ preventScroll: true });
  shown = picture;
}

/** An element without words is not there. */
function write(id: string, text = ""): void {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
  const roomy = id === "name" || id === "when" || id === "next";
  if (!roomy) element.hidden = text === "";
}

function slide(text: string): void {
  const box = byId("digits");
  const hero = box.parentElement as HTMLElement;
  hero.hidden = text === "";
  hero.classList.toggle("long", text.length > 7);
  const before = box.textContent ?? "";
  if (before === text) return;
  const sameShape = before.length === text.length;
  box.replaceChildren(...[...text].map((sign) => make("span", sign)));
  if (!sameShape || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  [...box.children].forEach((child, at) => {
    if (before[at] === text[at]) return;
    child.animate(
      [
        { transform: "translateY(0.24em)", opacity: 0 },
        { transform: "none", opacity: 1 },
      ],
      { duration: 240, easing: "cubic-bezier(.2,0,0,1)" },
    );
  });
}

function track(share: number | undefined): void {
  const line = byId("track");
  line.hidden = share === undefined;
  if (share !== undefined) line.style.setProperty("--share", share.toFixed(4));
}

function facts(list: [string, string][]): void {
  const box = byId("facts");
  box.hidden = list.length === 0;
  const text = list.join();
  if (box.dataset["shown"] === text) return;
  box.dataset["shown"] = text;
  box.replaceChildren(
    ...list.map((pair) => {
      const row = make("div");
      row.append(...pair.map((words, at) => make(at ? "dd" : "dt", words)));
      return row;
    }),
  );
}

function make(tag: string, textContent = "", className = ""): HTMLElement {
  return Object.assign(document.createElement(tag), { textContent, className });
}

export function showFindings(findings: Finding[]): void {
  byId("checks").replaceChildren(...findings.map(({ tone, text }) => make("li", text, tone)));
}

function announce(picture: Picture, ahead: number | undefined): void {
  const parts: string[] = [];
  if (picture.scene !== shown?.scene || picture.next !== shown.next) parts.push(picture.next);
  if (picture.drawn && !shown?.drawn) parts.push(picture.drawn);
  if (picture.notice && picture.notice !== shown?.notice) parts.push(picture.notice);
  if (ahead !== undefined && threshold(ahead) < saidAt) {
    saidAt = threshold(ahead);
    parts.unshift(picture.read ?? "");
  }
  if (parts.length > 0) byId("said").textContent = parts.join(" ");
}

/** The next power of two: the number is said again each time about half of them have gone. */
export function threshold(ahead: number): number {
  return ahead < 1 ? 0 : 2 ** Math.ceil(Math.log2(ahead));
}

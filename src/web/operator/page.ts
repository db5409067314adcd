// What the whole desk shares: who sits here, language, theme, the address inside the page, and whether
// the server can be reached. Signals, so that only what shows a thing is drawn again when it changes.

import { computed, signal } from "@preact/signals";
import type { DeskMe } from "../../wire/desk-contract.ts";
import { routes } from "../../wire/routes.ts";
import { desk as en } from "../i18n/en/desk.ts";
import { chooseLocale, type Locale } from "../i18n/i18n.ts";
import { desk as ko } from "../i18n/ko/desk.ts";

export type Session =
  | { kind: "unknown" }
  | { kind: "out"; ended: boolean }
  | { kind: "in"; me: DeskMe };
export type Theme = "dark" | "light";

export const locale = signal<Locale>(chooseLocale());
export const words = computed(() => (locale.value === "ko" ? ko : en));
export const session = signal<Session>({ kind: "unknown" });
/** False after a request that did not reach the server, until one does. */
export const reachable = signal(true);
/** Server's clock minus ours, from the last answer that carried it. */
export const clockOffsetMs = signal(0);
export const mayAct = computed(
  () => session.value.kind === "in" && session.value.me.role !== "viewer",
);

// ── theme ──────────────────────────────────────────────────────────────────────────────────────

const themeKey = "usher:desk-theme";
export const theme = signal<Theme>(readTheme());

export function setTheme(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset["theme"] = next;
  try {
    localStorage.setItem(themeKey, next);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function readTheme(): Theme {
  try {
    return localStorage.getItem(themeKey) === "light" ? "light" : "dark";
  } catch {
    return "dark";
  }
}

// ── addresses inside the page ──────────────────────────────────────────────────────────────────

const base = routes.deskPage;
/** Path below /desk, without slashes around it: "", "new", "on-sales/os_…". */
export const place = signal(placeOf(location.pathname));
/** Query of the place, for what a link hands over (a chosen plan). */
export const placeQuery = signal(location.search);

export function linkTo(path: string): string {
  return path === "" ? base : `${base}/${path}`;
}

export function go(path: string): void {
  history.pushState(null, "", linkTo(path));
  follow();
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

export function follow(): void {
  place.value = placeOf(location.pathname);
  placeQuery.value = location.search;
}

function placeOf(path: string): string {
  return path.slice(base.length).replace(/^\/+|\/+$/g, "");
}

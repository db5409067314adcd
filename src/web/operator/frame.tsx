// The frame round every view: the mark, where one can go, language, theme, sign-out, and one line that
// says when the server cannot be reached. On a phone the ways lie in a bar at the bottom, in reach of
// a thumb.

import type { ComponentChildren } from "preact";
import { call } from "./calls.ts";
import { type Locale, mountLanguageSwitch } from "../i18n/i18n.ts";
import { go, linkTo, locale, place, reachable, session, setTheme, theme, words } from "./page.ts";

const ways = [
  { path: "", name: "overview", sign: "M3 12h4l3-8 4 16 3-8h4" },
  { path: "new", name: "create", sign: "M12 5v14M5 12h14" },
  {
    path: "plans",
    name: "plans",
    sign: "M4 8c5-4 11-4 16 0M6 13c4-3 8-3 12 0M9 18c2-1.5 4-1.5 6 0",
  },
  { path: "orders", name: "orders", sign: "M12 8v5m0 3.5v.5M12 3l9 17H3z" },
  {
    path: "health",
    name: "health",
    sign: "M12 20s-8-5-8-11a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11z",
  },
  { path: "keys", name: "keys", sign: "M14 10a4 4 0 1 0-3 3.9L13 16h2v2h2v2h3v-3z" },
  { path: "door", name: "door", sign: "M6 21V4h9v17M3 21h18M12 12h.5" },
  { path: "audit", name: "audit", sign: "M6 4h12v16H6zM9 9h6M9 13h6" },
] as const;

export function Frame({ children }: { children: ComponentChildren }) {
  const t = words.value;
  return (
    <div class="frame">
      <a class="skip" href="#main">
        {t.skip}
      </a>
      <header class="top">
        <Way path="" class="mark">
          Usher
        </Way>
        <nav class="ways" aria-label={t.nav.menu}>
          {ways.map(({ path, name, sign }) => (
            <Way key={path} path={path} current={isHere(path)}>
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={sign} />
              </svg>
              <span>{t.nav[name]}</span>
            </Way>
          ))}
        </nav>
        <div class="own">
          <Switches />
          <button type="button" class="quiet-button" onClick={() => void signOut()}>
            {t.signOut}
          </button>
        </div>
      </header>
      {!reachable.value && (
        <p class="lost" role="status">
          <strong>{t.state.offline}</strong> {t.state.offlineNext}
        </p>
      )}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

export function Switches() {
  const t = words.value;
  const other = theme.value === "dark" ? "light" : "dark";
  const mount = (button: HTMLButtonElement | null) => {
    if (!button) return;
    const follow = (next: Locale) => {
      locale.value = next;
    };
    mountLanguageSwitch(button, locale.peek(), follow);
  };
  return (
    <>
      <button type="button" class="quiet-button" ref={mount} />
      <button type="button" class="quiet-button" onClick={() => setTheme(other)}>
        {other === "light" ? t.theme.toLight : t.theme.toDark}
      </button>
    </>
  );
}

type WayProps = {
  path: string;
  class?: string;
  current?: boolean;
  children: ComponentChildren;
};

/** A link inside the desk: an ordinary address, followed without loading the page again. */
export function Way({ path, class: name, current, children }: WayProps) {
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(path);
  };
  return (
    <a
      href={linkTo(path)}
      class={name}
      onClick={onClick}
      aria-current={current ? "page" : undefined}
    >
      {children}
    </a>
  );
}

function isHere(path: string): boolean {
  const [first = ""] = place.value.split("/");
  return path === "" ? first === "" || first === "on-sales" : first === path;
}

async function signOut(): Promise<void> {
  const answer = await call("deskSignOut", { method: "POST" });
  if (answer.kind !== "offline") session.value = { kind: "out", ended: false };
}

// One accent colour per on-sale, whatever the organiser chose, brought onto the page. The arithmetic is
// the server's (wire/accent-shades.ts): pages are told the shades.

import type { AccentShades } from "../wire/contract.ts";

export function applyAccent(
  shades: AccentShades,
  root: HTMLElement = document.documentElement,
): void {
  root.style.setProperty("--accent", shades.accent);
  root.style.setProperty("--accent-ink", shades.accentInk);
  root.style.setProperty("--accent-on-light", shades.onLight);
  root.style.setProperty("--accent-on-dark", shades.onDark);
}

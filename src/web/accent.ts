// One accent colour per on-sale, whatever the organiser chose, brought onto the page. The arithmetic
// (and the desk's check with it) is wire/accent-shades.ts.

import { accentShades } from "../wire/accent-shades.ts";

export { type AccentShades, accentShades, contrast, parseHex } from "../wire/accent-shades.ts";

export function applyAccent(hex: string, root: HTMLElement = document.documentElement): void {
  const shades = accentShades(hex);
  if (!shades) return;
  root.style.setProperty("--accent", shades.accent);
  root.style.setProperty("--accent-ink", shades.accentInk);
  root.style.setProperty("--accent-on-light", shades.onLight);
  root.style.setProperty("--accent-on-dark", shades.onDark);
}

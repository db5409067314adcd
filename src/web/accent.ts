// One accent colour per on-sale, whatever the organiser chose: this derives the ink on it and the two
// shades that can be read on the light and the dark paper, each with at least 4.5:1 (WCAG 2.2 AA).
// Pure, so the desk checks a colour with the same arithmetic when it is set.

export type AccentShades = {
  accent: string;
  accentInk: "#ffffff" | "#14161b";
  onLight: string;
  onDark: string;
};

const lightPaper = [239, 239, 236];
const darkPaper = [38, 42, 51];
const readable = 4.5;

/** @returns undefined where `hex` is not #rrggbb. */
export function accentShades(hex: string): AccentShades | undefined {
  const rgb = parseHex(hex);
  if (!rgb) return undefined;
  return {
    accent: hex,
    accentInk: contrast(rgb, [255, 255, 255]) >= readable ? "#ffffff" : "#14161b",
    onLight: towards(rgb, 0, lightPaper),
    onDark: towards(rgb, 255, darkPaper),
  };
}

export function applyAccent(hex: string, root: HTMLElement = document.documentElement): void {
  const shades = accentShades(hex);
  if (!shades) return;
  root.style.setProperty("--accent", shades.accent);
  root.style.setProperty("--accent-ink", shades.accentInk);
  root.style.setProperty("--accent-on-light", shades.onLight);
  root.style.setProperty("--accent-on-dark", shades.onDark);
}

export function contrast(a: readonly number[], b: readonly number[]): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

export function parseHex(hex: string): number[] | undefined {
  if (!/^#[0-9a-f]{6}$/i.test(hex)) return undefined;
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** Mixes in black (0) or white (255), no more than it takes to be read on `paper`. */
function towards(rgb: number[], end: number, paper: number[]): string {
  let mixed = rgb;
  for (let share = 0; share <= 1 && contrast(mixed, paper) < readable; share += 0.04) {
    mixed = rgb.map((channel) => Math.round(channel + (end - channel) * share));
  }
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

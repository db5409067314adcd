// The arithmetic of an accent colour (WCAG 2.2, relative luminance and contrast). Pages derive from it
// the ink on the colour and the shades that can be read on paper; the desk refuses with it, before
// anything is saved, a colour on which no ink can be read. Pure, so both say the same.

export type AccentShades = {
  accent: string;
  accentInk: "#ffffff" | "#14161b";
  onLight: string;
  onDark: string;
};

/** What the check says. `nearest` is the darker shade of the same colour that passes. */
export type AccentCheck =
  | { kind: "readable"; ink: "#ffffff" | "#14161b"; contrast: number }
  | { kind: "unreadable"; contrast: number; needed: number; nearest: string }
  | { kind: "not-a-colour" };

const white = [255, 255, 255];
const darkInk = [20, 22, 27];
const lightPaper = [239, 239, 236];
const darkPaper = [38, 42, 51];
/** WCAG 2.2 AA for text of any size. */
const readable = 4.5;

/** @returns undefined where `hex` is not #rrggbb. */
export function accentShades(hex: string): AccentShades | undefined {
  const rgb = parseHex(hex);
  if (!rgb) return undefined;
  return {
    accent: hex,
    accentInk: contrast(rgb, white) >= readable ? "#ffffff" : "#14161b",
    onLight: towards(rgb, 0, lightPaper),
    onDark: towards(rgb, 255, darkPaper),
  };
}

export function checkAccent(hex: string): AccentCheck {
  const rgb = parseHex(hex);
  if (!rgb) return { kind: "not-a-colour" };
  const onWhite = contrast(rgb, white);
  if (onWhite >= readable) return { kind: "readable", ink: "#ffffff", contrast: onWhite };
  const onDark = contrast(rgb, darkInk);
  if (onDark >= readable) return { kind: "readable", ink: "#14161b", contrast: onDark };
  const best = Math.max(onWhite, onDark);
  return {
    kind: "unreadable",
    contrast: best,
    needed: readable,
    nearest: towards(rgb, 0, white),
  };
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

// Colours of the map, read from the page's tokens, so that light, dark and the on-sale's accent are
// one decision made elsewhere. Category colours come from the organiser: they are moved towards
// black or white until they stand out from the surface (3:1, WCAG 2.2 for graphics).

import type { PlanOverview } from "../../../../wire/contract.ts";

export type Rgb = readonly [r: number, g: number, b: number];
export type MapLook = {
  readonly dark: boolean;
  readonly surface: Rgb;
  readonly sunken: Rgb;
  readonly line: Rgb;
  readonly ink: Rgb;
  readonly soft: Rgb;
  readonly accent: Rgb;
  readonly onAccent: Rgb;
  readonly categories: readonly Rgb[];
  readonly font: string;
};

export function readLook(element: HTMLElement, overview: PlanOverview): MapLook {
  const token = (name: string) => painted(element, `var(${name})`);
  const surface = token("--map-ground");
  const accent = standingOut(token("--accent"), surface);
  return {
    dark: luminance(surface) < 0.25,
    surface,
    sunken: token("--map-floor"),
    line: token("--map-line"),
    ink: token("--ink"),
    soft: token("--ink-faint"),
    accent,
    onAccent: textOn(accent),
    categories: overview.categories.map((category) => standingOut(hex(category.color), surface)),
    font: getComputedStyle(element).fontFamily,
  };
}

export function css(rgb: Rgb, alpha = 1): string {
  const [r, g, b] = rgb.map((part) => Math.round(part * 255));
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}

export function blend(from: Rgb, to: Rgb, t: number): Rgb {
  const part = (i: 0 | 1 | 2) => from[i] + (to[i] - from[i]) * t;
  return [part(0), part(1), part(2)];
}

export function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [Math.max(luminance(a), luminance(b)), Math.min(luminance(a), luminance(b))];
  return (high + 0.05) / (low + 0.05);
}

export function standingOut(rgb: Rgb, surface: Rgb, least = 3): Rgb {
  const towards: Rgb = luminance(surface) < 0.25 ? [1, 1, 1] : [0, 0, 0];
  for (let t = 0; t < 1; t += 0.05) {
    const moved = blend(rgb, towards, t);
    if (contrast(moved, surface) >= least) return moved;
  }
  return towards;
}

/** Black or white, whichever reads better on the colour. */
export function textOn(rgb: Rgb): Rgb {
  return contrast(rgb, [1, 1, 1]) >= contrast(rgb, [0.05, 0.06, 0.08])
    ? [1, 1, 1]
    : [0.05, 0.06, 0.08];
}

export function hex(text: string): Rgb {
  const value = /^#([0-9a-f]{6})$/i.exec(text)?.[1] ?? "888888";
  const part = (at: number) => Number.parseInt(value.slice(at, at + 2), 16) / 255;
  return [part(0), part(2), part(4)];
}

function luminance([r, g, b]: Rgb): number {
  const linear = (part: number) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

let probe: CanvasRenderingContext2D | null | undefined;

/** Whatever CSS allows as a colour (color-mix, light-dark, var …), as the browser paints it. */
function painted(element: HTMLElement, value: string): Rgb {
  const sample = document.createElement("span");
  sample.style.color = value;
  element.append(sample);
  const computed = getComputedStyle(sample).color;
  sample.remove();
  probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!probe) return [0.5, 0.5, 0.5];
  probe.canvas.width = probe.canvas.height = 1;
  probe.fillStyle = computed;
  probe.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = probe.getImageData(0, 0, 1, 1).data;
  return [r / 255, g / 255, b / 255];
}

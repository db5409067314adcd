// What part of the plan is on the screen: a centre in canvas units and a scale (CSS pixels per
// unit). Pure functions, so that gestures, buttons, the keyboard and tests move it the same way.
// Keeps: the scale stays within its limits and the plan can never be pushed out of sight.

export type Camera = { readonly x: number; readonly y: number; readonly scale: number };
/** Size of the map in CSS pixels. */
export type Viewport = { readonly width: number; readonly height: number };
export type Box = {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
};
export type Limits = { readonly world: Box; readonly minScale: number; readonly maxScale: number };

/** A seat never grows beyond a comfortable touch target. */
const largestPitchPx = 46;
const margin = 20;

export function limitsFor(world: Box, view: Viewport, seatPitch: number): Limits {
  const fit = fitScale(world, view, margin);
  return { world, minScale: fit * 0.85, maxScale: Math.max(largestPitchPx / seatPitch, fit * 2) };
}

export function fitScale(box: Box, view: Viewport, space: number): number {
  const width = Math.max(1, box.x1 - box.x0);
  const height = Math.max(1, box.y1 - box.y0);
  return Math.max(
    1e-4,
    Math.min((view.width - 2 * space) / width, (view.height - 2 * space) / height),
  );
}

export function fit(box: Box, view: Viewport, limits: Limits, space = margin): Camera {
  const scale = fitScale(box, view, space);
  return clamp({ x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2, scale }, view, limits);
}

/** In the top left corner of the map lies the switch to the list, in CSS pixels with its distance. */
export const switchCorner = { width: 148, height: 64 };

/** The whole box; lower and a little smaller where something pressable would lie under the switch. */
export function fitBesideSwitch(
  box: Box,
  frame: { view: Viewport; limits: Limits },
  isCovered: (at: { x: number; y: number }) => boolean,
): Camera {
  const { view, limits } = frame;
  const whole = fit(box, view, limits);
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const free = steps.every((across) =>
    steps.every((down) => {
      const pixel = { x: switchCorner.width * across, y: switchCorner.height * down };
      return !isCovered(toPlan(whole, view, pixel));
    }),
  );
  if (free) return whole;
  const lower = switchCorner.height - margin;
  const { scale } = fit(box, { ...view, height: view.height - lower }, limits);
  return clamp({ x: whole.x, y: whole.y - lower / 2 / scale, scale }, view, limits);
}

/** Zooms so that the plan's point under the given pixel stays under it. */
export function zoomAt(
  camera: Camera,
  pixel: { x: number; y: number },
  factor: number,
  frame: { view: Viewport; limits: Limits },
): Camera {
  const { view, limits } = frame;
  const scale = between(camera.scale * factor, limits.minScale, limits.maxScale);
  const [dx, dy] = [pixel.x - view.width / 2, pixel.y - view.height / 2];
  return clamp(
    {
      x: camera.x + dx / camera.scale - dx / scale,
      y: camera.y + dy / camera.scale - dy / scale,
      scale,
    },
    view,
    limits,
  );
}

export function panBy(
  camera: Camera,
  pixels: { x: number; y: number },
  frame: { view: Viewport; limits: Limits },
): Camera {
  const { x, y, scale } = camera;
  return clamp(
    { x: x - pixels.x / scale, y: y - pixels.y / scale, scale },
    frame.view,
    frame.limits,
  );
}

export function clamp(camera: Camera, view: Viewport, limits: Limits): Camera {
  const scale = between(camera.scale, limits.minScale, limits.maxScale);
  const axis = (at: number, from: number, to: number, pixels: number): number => {
    const middle = (from + to) / 2;
    // Half of the screen may show emptiness at most, so the plan never gets lost.
    const slack = Math.max(0, (to - from) / 2 - (pixels / scale) * 0.15);
    return between(at, middle - slack, middle + slack);
  };
  const { world } = limits;
  return {
    x: axis(camera.x, world.x0, world.x1, view.width),
    y: axis(camera.y, world.y0, world.y1, view.height),
    scale,
  };
}

export function toPlan(
  camera: Camera,
  view: Viewport,
  pixel: { x: number; y: number },
): { x: number; y: number } {
  return {
    x: camera.x + (pixel.x - view.width / 2) / camera.scale,
    y: camera.y + (pixel.y - view.height / 2) / camera.scale,
  };
}

export function visibleBox(camera: Camera, view: Viewport): Box {
  const [halfWidth, halfHeight] = [view.width / 2 / camera.scale, view.height / 2 / camera.scale];
  return {
    x0: camera.x - halfWidth,
    y0: camera.y - halfHeight,
    x1: camera.x + halfWidth,
    y1: camera.y + halfHeight,
  };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

/** Between two cameras; zooming feels even when the scale moves by ratio, not by difference. */
export function mix(from: Camera, to: Camera, t: number): Camera {
  const scale = from.scale * (to.scale / from.scale) ** t;
  // The centre follows the scale, otherwise a zoom swings past its target.
  const even = Math.abs(to.scale - from.scale) < 1e-6 * from.scale;
  const share = even ? t : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    scale,
  };
}

export function between(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function smoothstep(low: number, high: number, value: number): number {
  const t = between((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

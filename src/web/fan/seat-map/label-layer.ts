// Over the seats: names of sections with what is left, names of rows at their ends, numbers on
// seats, each only at scales where it can be read and does not cover what it names.

import { seatLook, seatState } from "./availability.ts";
import { overlaps, smoothstep, visibleBox } from "./camera.ts";
import { freeShown, type BaseFrame } from "./base-layer.ts";
import { css, textOn } from "./look.ts";
import type { PlanSection, SeatPlan } from "./seat-plan.ts";

export type MapWords = {
  readonly language: "ko" | "en";
  /** "214석", "214 left"; "매진", "sold out". */
  left(count: number): string;
  readonly none: string;
};

export type LabelLayer = { draw(frame: BaseFrame, words: MapWords): void };

/** CSS pixels between two seats from which row names and seat numbers can be read. */
const rowsFromPx = 11;
const numbersFromPx = 25;

export function labelLayer(canvas: HTMLCanvasElement, plan: SeatPlan): LabelLayer {
  const context = canvas.getContext("2d");
  return {
    draw(frame, words) {
      if (!context) return;
      const { view, ratio, camera } = frame;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, view.width, view.height);
      context.textAlign = "center";
      context.textBaseline = "middle";
      drawLandmarks(context, plan, frame, words);
      const box = visibleBox(camera, view);
      const pitchPx = plan.pitch * camera.scale;
      for (const section of plan.sections) {
        if (!overlaps(box, section.box)) continue;
        const fade = section.kind === "standing" ? 0 : frame.fade;
        if (fade < 1) drawSectionName(context, section, { frame, words, alpha: 1 - fade });
        if (pitchPx >= rowsFromPx && section.loaded) drawRowNames(context, plan, section, frame);
        if (pitchPx >= numbersFromPx && section.loaded) drawNumbers(context, plan, section, frame);
      }
    },
  };
}

type Context = CanvasRenderingContext2D;

function place(frame: BaseFrame, x: number, y: number): [number, number] {
  const { camera, view } = frame;
  return [
    (x - camera.x) * camera.scale + view.width / 2,
    (y - camera.y) * camera.scale + view.height / 2,
  ];
}

function drawLandmarks(context: Context, plan: SeatPlan, frame: BaseFrame, words: MapWords): void {
  for (const landmark of plan.overview.landmarks) {
    if (!landmark.name || landmark.kind !== "stage") continue;
    const ys = landmark.outline.map(([, y]) => y);
    const xs = landmark.outline.map(([x]) => x);
    const top = Math.min(...ys);
    // The widest part of a stage is its back, so the name stands there.
    const y = top + (Math.max(...ys) - top) * 0.26;
    const [px, py] = place(frame, (Math.min(...xs) + Math.max(...xs)) / 2, y);
    const size = Math.min(28, Math.max(10, 40 * frame.camera.scale));
    context.font = `650 ${size}px ${frame.look.font}`;
    context.fillStyle = css(frame.look.surface);
    context.fillText(landmark.name[words.language], px, py);
  }
}

function drawSectionName(
  context: Context,
  section: PlanSection,
  { frame, words, alpha }: { frame: BaseFrame; words: MapWords; alpha: number },
): void {
  const { seats, look, camera, shown } = frame;
  const width = (section.box.x1 - section.box.x0) * camera.scale;
  const height = (section.box.y1 - section.box.y0) * camera.scale;
  const room = Math.min(width, height * 1.6);
  if (room < 20) return;
  const size = Math.min(17, Math.max(9, room * 0.21));
  const [x, y] = place(frame, section.middle.x, section.middle.y);
  const free = freeShown(seats, section, shown);
  const known = seats.version >= 0;
  const second = known && room > 52;
  const name = nameThatFits(context, section, { words, size, width: width - 4, font: look.font });
  if (!name) return;
  const ink = known && free === 0 ? look.soft : look.ink;
  context.globalAlpha = alpha;
  context.fillStyle = css(ink);
  context.fillText(name, x, second ? y - size * 0.62 : y);
  if (second) {
    context.font = `450 ${Math.max(9, size * 0.76)}px ${look.font}`;
    context.fillStyle = css(ink, 0.86);
    context.fillText(free === 0 ? words.none : words.left(free), x, y + size * 0.6);
  }
  context.globalAlpha = 1;
}

/** The whole name where it fits, else its number or letter ("101구역" → "101"), else nothing. */
function nameThatFits(
  context: Context,
  section: PlanSection,
  { words, size, width, font }: { words: MapWords; size: number; width: number; font: string },
): string | undefined {
  const name = section.name[words.language];
  const short = /\d+/.exec(name)?.[0] ?? /\b[A-Z]{1,2}(?=구역|$)/.exec(name)?.[0];
  context.font = `650 ${size}px ${font}`;
  return [name, short].find((text) => text && context.measureText(text).width <= width);
}

function drawRowNames(
  context: Context,
  plan: SeatPlan,
  section: PlanSection,
  frame: BaseFrame,
): void {
  const { look, camera, view } = frame;
  const alpha = smoothstep(rowsFromPx, rowsFromPx + 4, plan.pitch * camera.scale);
  const size = Math.min(13, Math.max(9, plan.pitch * camera.scale * 0.55));
  context.font = `600 ${size}px ${look.font}`;
  context.fillStyle = css(look.soft, alpha);
  for (const row of section.loaded?.rows ?? []) {
    for (const end of [0, 1] as const) {
      const n = end ? row.first + row.count - 1 : row.first;
      const inward = row.count > 1 ? (end ? n - 1 : n + 1) : n;
      const [x, y] = [plan.x[n] ?? 0, plan.y[n] ?? 0];
      const [dx, dy] = [x - (plan.x[inward] ?? x), y - (plan.y[inward] ?? y)];
      const length = Math.hypot(dx, dy) || 1;
      const step = (plan.radius[n] ?? 0) * 2.1;
      const [px, py] = place(frame, x + (dx / length) * step, y + (dy / length) * step);
      if (px < -20 || py < -20 || px > view.width + 20 || py > view.height + 20) continue;
      context.fillText(row.label, px, py);
    }
  }
}

function drawNumbers(
  context: Context,
  plan: SeatPlan,
  section: PlanSection,
  frame: BaseFrame,
): void {
  const { look, camera, view, seats, shown } = frame;
  const alpha = smoothstep(numbersFromPx, numbersFromPx + 6, plan.pitch * camera.scale);
  const inks = look.categories.map((colour) => css(textOn(colour), alpha));
  for (let i = 0; i < section.count; i++) {
    const n = section.first + i;
    const state = seats.looks[n] ?? seatState.free;
    if (state !== seatLook.free) continue;
    const category = plan.category[n] ?? 0;
    if (!shown[category]) continue;
    const [px, py] = place(frame, plan.x[n] ?? 0, plan.y[n] ?? 0);
    if (px < -20 || py < -20 || px > view.width + 20 || py > view.height + 20) continue;
    const r = (plan.radius[n] ?? 0) * camera.scale;
    context.font = `600 ${Math.round(Math.min(15, r * 0.85))}px ${look.font}`;
    context.fillStyle = inks[category] ?? "";
    context.fillText(section.loaded?.labels[i] ?? "", px, py);
  }
}

// Over the seats: names of sections with what is left, names of rows at their ends, numbers on
// seats, each only at scales where it can be read and does not cover what it names.

import { seatLook, seatState } from "../availability.ts";
import { overlaps, smoothstep, visibleBox } from "../camera.ts";
import { freeShown, type BaseFrame } from "./base-layer.ts";
import { css, textOn } from "./look.ts";
import type { PlanSection, SeatPlan } from "../seat-plan.ts";

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
      const names = frame.fade < 1 ? namesThatFit(context, plan, frame, words) : undefined;
      for (const section of plan.sections) {
        if (!overlaps(box, section.box)) continue;
        const fade = section.kind === "standing" ? 0 : frame.fade;
        const name = names?.get(section.number) ?? section.name[words.language];
        if (fade < 1) drawSectionName(context, section, { frame, words, name, alpha: 1 - fade });
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

/** Half of the space that a name may take, in CSS pixels. */
const roomOf = (section: PlanSection, frame: BaseFrame) => section.room * frame.camera.scale;
const sizeIn = (room: number) => Math.min(17, Math.max(9, room * 0.46));

function drawSectionName(
  context: Context,
  section: PlanSection,
  parts: { frame: BaseFrame; words: MapWords; name: string; alpha: number },
): void {
  const { frame, words, name, alpha } = parts;
  const { seats, look, shown } = frame;
  const room = roomOf(section, frame);
  if (room < 7.5 || name === "") return;
  const size = sizeIn(room);
  const [x, y] = place(frame, section.middle.x, section.middle.y);
  const free = freeShown(seats, section, shown);
  const known = seats.version >= 0;
  const second = known && room > 24;
  const ink = known && free === 0 ? look.soft : look.ink;
  context.globalAlpha = alpha;
  context.font = `650 ${size}px ${look.font}`;
  context.fillStyle = css(ink);
  context.fillText(name, x, second ? y - size * 0.62 : y);
  if (second) {
    context.font = `450 ${Math.max(10, size * 0.78)}px ${look.font}`;
    context.fillStyle = css(ink, 0.88);
    context.fillText(free === 0 ? words.none : words.left(free), x, y + size * 0.64);
  }
  context.globalAlpha = 1;
}

/**
 * Whole names where they fit, else the number or letter alone ("101구역" → "101"), and nothing where
 * even that would run into a neighbour's. Sections named alike are treated alike: one that stands out
 * by its longer name would look special.
 */
function namesThatFit(
  context: Context,
  plan: SeatPlan,
  frame: BaseFrame,
  words: MapWords,
): Map<number, string> {
  const tight = new Set<string>();
  const kinds = plan.sections.map((section) => {
    const name = section.name[words.language];
    const short = /\d+/.exec(name)?.[0] ?? /\b[A-Z]{1,2}(?=구역|$)/.exec(name)?.[0] ?? "";
    const kind = name.replace(short, "#");
    const room = roomOf(section, frame);
    context.font = `650 ${sizeIn(room)}px ${frame.look.font}`;
    if (context.measureText(name).width > room * 2) tight.add(kind);
    const own = context.measureText(short).width > room * 2 ? "" : short;
    return { name, short: own, kind };
  });
  return new Map(kinds.map(({ name, short, kind }, s) => [s, tight.has(kind) ? short : name]));
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

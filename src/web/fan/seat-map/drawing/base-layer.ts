// Under the seats: floor, stage, and every section as an outline coloured by what is left in it, so
// that the map answers "where is anything free?" before a single seat has arrived. As seats fade
// in, outlines step back to a tint. Paths are built once; a frame only fills and strokes them.
// Read next: label-layer.ts (what is written over it).

import { type Availability, seatState } from "../availability.ts";
import { overlaps, visibleBox } from "../camera.ts";
import { blend, css, type Rgb } from "./look.ts";
import type { SeatFrame } from "./seat-layer.ts";
import type { PlanSection, SeatPlan } from "../seat-plan.ts";

export type BaseFrame = SeatFrame & {
  readonly seats: Availability;
  /** Section under the pointer; −1: none. */
  readonly hovered: number;
};

export type BaseLayer = { draw(frame: BaseFrame): void };

export function baseLayer(canvas: HTMLCanvasElement, plan: SeatPlan): BaseLayer {
  const context = canvas.getContext("2d");
  const sections = plan.sections.map((section) => pathOf(section.outline));
  const landmarks = plan.overview.landmarks.map((landmark) => pathOf(landmark.outline.flat()));
  return {
    draw(frame) {
      if (!context) return;
      const { camera, view, ratio, look } = frame;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, view.width, view.height);
      context.translate(view.width / 2, view.height / 2);
      context.scale(camera.scale, camera.scale);
      context.translate(-camera.x, -camera.y);
      context.lineJoin = "round";
      const pixel = 1 / camera.scale;
      for (const [i, landmark] of plan.overview.landmarks.entries()) {
        const path = landmarks[i];
        if (!path) continue;
        const stage = landmark.kind === "stage";
        context.fillStyle = css(stage ? blend(look.ink, look.surface, 0.12) : look.sunken);
        context.fill(path);
      }
      const box = visibleBox(camera, view);
      for (const section of plan.sections) {
        const path = sections[section.number];
        if (path && overlaps(box, section.box)) drawSection(context, path, section, frame, pixel);
      }
    },
  };
}

function drawSection(
  context: CanvasRenderingContext2D,
  path: Path2D,
  section: PlanSection,
  frame: BaseFrame,
  pixel: number,
): void {
  const { look, hovered, shown } = frame;
  const fade = section.kind === "standing" ? 0 : frame.fade;
  const { colour, left } = leftIn(section, frame);
  const filtered = !section.categories.some((category) => shown[category]);
  const quiet = filtered || left === 0;
  // What is left decides how strong the colour is; never so weak that it looks like nothing left.
  const strength = quiet ? 0 : 0.34 + 0.5 * Math.sqrt(left);
  const outlined = blend(look.surface, quiet ? look.soft : colour, quiet ? 0.1 : strength);
  const tinted = blend(look.surface, quiet ? look.soft : colour, quiet ? 0.05 : 0.09);
  context.fillStyle = css(blend(outlined, tinted, fade));
  context.fill(path);
  // Close up the outline would run through the names of the rows.
  const line = 1 - fade;
  if (line < 0.02) return;
  const hover = hovered === section.number;
  context.strokeStyle = hover
    ? css(look.ink, 0.8 * line)
    : css(quiet ? look.line : colour, (quiet ? 1 : 0.55) * line);
  context.lineWidth = (hover ? 2 : 1) * pixel;
  context.stroke(path);
}

/** Colour of the section's first category that the legend shows, and the share that is free, 0…1. */
function leftIn(section: PlanSection, frame: BaseFrame): { colour: Rgb; left: number } {
  const { look, shown, seats } = frame;
  const category = section.categories.find((c) => shown[c]) ?? section.categories[0] ?? 0;
  const colour = look.categories[category] ?? look.soft;
  if (seats.version < 0) return { colour, left: 0.4 };
  const free = seats.freeBySection[section.number] ?? 0;
  return { colour, left: section.count === 0 ? 0 : free / section.count };
}

/** Free places of a section in the categories that the legend shows. */
export function freeShown(seats: Availability, section: PlanSection, shown: Uint8Array): number {
  if (section.categories.every((category) => shown[category])) {
    return seats.freeBySection[section.number] ?? 0;
  }
  if (!section.categories.some((category) => shown[category])) return 0;
  let free = 0;
  for (let n = section.first; n < section.first + section.count; n++) {
    if (seats.states[n] !== seatState.free) continue;
    const category = section.loaded ? seats.plan.category[n] : section.categories[0];
    if (shown[category ?? 0]) free++;
  }
  return free;
}

function pathOf(outline: readonly number[]): Path2D {
  const path = new Path2D();
  for (let i = 0; i + 1 < outline.length; i += 2) {
    const [x, y] = [outline[i] ?? 0, outline[i + 1] ?? 0];
    if (i === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
  path.closePath();
  return path;
}

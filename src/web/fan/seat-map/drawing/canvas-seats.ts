// Seats on Canvas 2D, for browsers without WebGL2: the same picture from the same typed arrays.
// Only seats on the screen are touched, and they are drawn in batches of one look and one category,
// so that the number of paint calls does not grow with the number of seats.
// Read next: seat-layer.ts (what each state looks like).

import { seatLook } from "../availability.ts";
import { overlaps, visibleBox } from "../camera.ts";
import { css } from "./look.ts";
import { ownRadiusPx, type SeatFrame, type SeatLayer } from "./seat-layer.ts";
import type { SeatPlan } from "../seat-plan.ts";

const wheels = 3;
const obstructed = 4;

export function canvasSeats(
  canvas: HTMLCanvasElement,
  plan: SeatPlan,
  looks: Uint8Array,
): SeatLayer | undefined {
  const context = canvas.getContext("2d");
  if (!context) return undefined;
  const draw = (frame: SeatFrame): void => {
    const { camera, view, ratio } = frame;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    context.translate(view.width / 2, view.height / 2);
    context.scale(camera.scale, camera.scale);
    context.translate(-camera.x, -camera.y);
    const batches = collect(plan, looks, frame);
    for (const batch of batches.values()) paintBatch(context, plan, batch, frame);
    if (frame.focused >= 0) paintFocus(context, plan, frame);
  };
  return {
    kind: "canvas2d",
    placesChanged() {},
    looksChanged() {},
    draw,
    dispose() {},
  };
}

type Batch = { look: number; category: number; seats: number[] };

function collect(
  plan: SeatPlan,
  looks: Uint8Array,
  { camera, view, fade }: SeatFrame,
): Map<number, Batch> {
  const batches = new Map<number, Batch>();
  const box = visibleBox(camera, view);
  for (const section of plan.sections) {
    if (!section.loaded || !overlaps(box, section.box)) continue;
    for (let n = section.first; n < section.first + section.count; n++) {
      const look = looks[n] ?? 0;
      if (fade <= 0.004 && look < seatLook.chosen) continue;
      const category = plan.category[n] ?? 0;
      const key = look * 256 + category;
      const batch = batches.get(key);
      if (batch) batch.seats.push(n);
      else batches.set(key, { look, category, seats: [n] });
    }
  }
  // The fan's own last, so that nothing covers them.
  return new Map([...batches].sort(([a], [b]) => a - b));
}

function paintBatch(
  context: CanvasRenderingContext2D,
  plan: SeatPlan,
  batch: Batch,
  frame: SeatFrame,
): void {
  const { look, fade, camera } = frame;
  const pixel = 1 / camera.scale;
  context.globalAlpha = batch.look >= seatLook.chosen ? 1 : fade;
  context.beginPath();
  if (batch.look === seatLook.free) {
    for (const n of batch.seats) traceBody(context, plan, n);
    const shown = frame.shown[batch.category] ?? 1;
    context.fillStyle = shown
      ? css(look.categories[batch.category] ?? look.soft)
      : css(look.soft, 0.2);
    context.fill();
    paintSlits(context, plan, batch, frame);
  } else if (batch.look === seatLook.held) {
    for (const n of batch.seats) traceDisc(context, plan, n, (plan.radius[n] ?? 0) * 0.8);
    context.strokeStyle = css(look.soft, 0.85);
    context.lineWidth = Math.max(1.1 * pixel, (plan.radius[batch.seats[0] ?? 0] ?? 0) * 0.2);
    context.stroke();
  } else if (batch.look === seatLook.sold) {
    for (const n of batch.seats) traceDisc(context, plan, n, (plan.radius[n] ?? 0) * 0.34);
    context.fillStyle = css(look.soft, 0.42);
    context.fill();
  } else if (batch.look === seatLook.withheld) {
    for (const n of batch.seats) traceCross(context, plan, n);
    context.strokeStyle = css(look.soft, 0.4);
    context.lineWidth = 0.8 * pixel;
    context.stroke();
  } else {
    for (const n of batch.seats) paintOwn(context, plan, n, batch.look, frame);
  }
}

function traceDisc(context: CanvasRenderingContext2D, plan: SeatPlan, n: number, r: number): void {
  const [x, y] = [plan.x[n] ?? 0, plan.y[n] ?? 0];
  context.moveTo(x + r, y);
  context.arc(x, y, r, 0, 2 * Math.PI);
}

function traceBody(context: CanvasRenderingContext2D, plan: SeatPlan, n: number): void {
  const r = plan.radius[n] ?? 0;
  if (((plan.flags[n] ?? 0) & wheels) === 0) return traceDisc(context, plan, n, r);
  const half = r * 0.94;
  context.roundRect((plan.x[n] ?? 0) - half, (plan.y[n] ?? 0) - half, 2 * half, 2 * half, r * 0.34);
}

function traceCross(context: CanvasRenderingContext2D, plan: SeatPlan, n: number): void {
  const [x, y, e] = [plan.x[n] ?? 0, plan.y[n] ?? 0, (plan.radius[n] ?? 0) * 0.36];
  context.moveTo(x - e, y - e);
  context.lineTo(x + e, y + e);
  context.moveTo(x - e, y + e);
  context.lineTo(x + e, y - e);
}

function paintSlits(
  context: CanvasRenderingContext2D,
  plan: SeatPlan,
  batch: Batch,
  frame: SeatFrame,
): void {
  context.fillStyle = css(frame.look.surface, 0.82);
  for (const n of batch.seats) {
    if (((plan.flags[n] ?? 0) & obstructed) === 0) continue;
    const r = plan.radius[n] ?? 0;
    context.fillRect((plan.x[n] ?? 0) - r, (plan.y[n] ?? 0) - r * 0.16, 2 * r, r * 0.32);
  }
}

function paintOwn(
  context: CanvasRenderingContext2D,
  plan: SeatPlan,
  n: number,
  state: number,
  { look, camera }: SeatFrame,
): void {
  const r = Math.max((plan.radius[n] ?? 0) * 1.04, ownRadiusPx / camera.scale);
  const [x, y] = [plan.x[n] ?? 0, plan.y[n] ?? 0];
  context.beginPath();
  traceDisc(context, plan, n, r);
  context.fillStyle = css(look.accent);
  context.fill();
  context.beginPath();
  context.moveTo(x - 0.42 * r, y + 0.04 * r);
  context.lineTo(x - 0.1 * r, y + 0.36 * r);
  context.lineTo(x + 0.46 * r, y - 0.32 * r);
  context.strokeStyle = css(look.onAccent);
  context.lineWidth = r * 0.2;
  context.stroke();
  if (state !== seatLook.own) return;
  context.beginPath();
  traceDisc(context, plan, n, r * 1.3);
  context.strokeStyle = css(look.accent);
  context.lineWidth = r * 0.14;
  context.stroke();
}

function paintFocus(
  context: CanvasRenderingContext2D,
  plan: SeatPlan,
  { focused, look, camera }: SeatFrame,
): void {
  context.globalAlpha = 1;
  context.beginPath();
  traceDisc(context, plan, focused, (plan.radius[focused] ?? 0) * 1.24 + 1.5 / camera.scale);
  context.strokeStyle = css(look.ink);
  context.lineWidth = 2 / camera.scale;
  context.stroke();
}

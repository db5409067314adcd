// How the map moves: one camera, that follows a hand at once or glides by itself to where a button, a
// tap or the keyboard sends it. From a few pixels a seat on, seats fade in; how far they have is a
// matter of the camera alone, so it is answered here. It draws nothing: whoever draws is told.
// Read next: camera.ts (the arithmetic), seat-map.ts (who draws).

import {
  between,
  type Box,
  type Camera,
  fit,
  fitBesideSwitch,
  type Limits,
  limitsFor,
  mix,
  panBy,
  smoothstep,
  type Viewport,
  visibleBox,
  zoomAt,
} from "./camera.ts";
import { sectionAt, type SeatPlan } from "./seat-plan.ts";

type Point = { readonly x: number; readonly y: number };

export type MovingTargets = {
  /** The camera stands elsewhere, or the screen has another size. */
  moved(): void;
  /** A glide has begun: `step` wants to be called with every frame until it is over. */
  setOff(): void;
  /** Seats in here are seen, or will be at the end of a glide. */
  coming(box: Box): void;
};

/** CSS pixels between two seats where they start to show, and where outlines have stepped back. */
const fadeFromPx = 4.2;
export const fadeToPx = 7.5;
const glideMs = 280;

export class Moving {
  camera: Camera;
  view: Viewport = { width: 1, height: 1 };
  private limits: Limits;
  private glide: { from: Camera; to: Camera; start: number } | undefined;
  /** Where all of the plan is on the screen. */
  private whole: Camera;
  private readonly plan: SeatPlan;
  private readonly world: Box;
  private readonly pitch: number;
  private readonly targets: MovingTargets;

  constructor(plan: SeatPlan, targets: MovingTargets) {
    this.plan = plan;
    this.world = plan.world;
    this.pitch = plan.pitch;
    this.targets = targets;
    this.limits = limitsFor(this.world, this.view, this.pitch);
    this.whole = fit(this.world, this.view, this.limits);
    this.camera = this.whole;
  }

  private bounds(): { view: Viewport; limits: Limits } {
    return { view: this.view, limits: this.limits };
  }

  atFit(): boolean {
    return this.camera.scale <= this.whole.scale * 1.02;
  }

  /** CSS pixels between two seats. */
  pitchPx(): number {
    return this.pitch * this.camera.scale;
  }

  /** 0: outlines only … 1: seats only. */
  fade(): number {
    return this.fadeAt(this.camera);
  }

  private fadeAt({ scale }: Camera): number {
    return smoothstep(fadeFromPx, fadeToPx, this.pitch * scale);
  }

  /** @param startOver where the whole plan was on the screen, it will be again. */
  resize(view: Viewport, startOver: boolean): void {
    this.view = view;
    this.limits = limitsFor(this.world, view, this.pitch);
    const isCovered = (at: Point) => sectionAt(this.plan, at) !== undefined;
    this.whole = fitBesideSwitch(this.world, this.bounds(), isCovered);
    this.jump(startOver ? this.whole : panBy(this.camera, { x: 0, y: 0 }, this.bounds()));
  }

  pan(by: Point): void {
    this.jump(panBy(this.camera, by, this.bounds()));
  }

  zoom(at: Point, factor: number): void {
    this.jump(zoomAt(this.camera, at, factor, this.bounds()));
  }

  glideZoom(at: Point, factor: number): void {
    this.glideTo(zoomAt(this.camera, at, factor, this.bounds()));
  }

  /** Around the middle; pressed again on the way it goes on from where that way ends. */
  zoomBy(factor: number): void {
    const middle = { x: this.view.width / 2, y: this.view.height / 2 };
    this.glideTo(zoomAt(this.glide?.to ?? this.camera, middle, factor, this.bounds()));
  }

  fitAll(): void {
    this.glideTo(this.whole);
  }

  /** Close enough that seats show, even where the box is larger than that allows. */
  showBox(box: Box, space: number): void {
    const near = fit(box, this.view, this.limits, space);
    const least = (fadeToPx * 1.15) / this.pitch;
    this.glideTo({ ...near, scale: between(Math.max(near.scale, least), 0, this.limits.maxScale) });
  }

  step(now: number): void {
    if (this.glide === undefined) return;
    const { from, to, start } = this.glide;
    const t = between((now - start) / glideMs, 0, 1);
    const eased = 1 - (1 - t) ** 3;
    this.put(t >= 1 ? to : mix(from, to, eased));
    if (t >= 1) this.glide = undefined;
  }

  private jump(camera: Camera): void {
    this.glide = undefined;
    this.put(camera);
  }

  private put(camera: Camera): void {
    this.camera = camera;
    if (this.fade() > 0) this.targets.coming(visibleBox(camera, this.view));
    this.targets.moved();
  }

  private glideTo(to: Camera): void {
    if (calmMotion()) return this.jump(to);
    // What will be seen at the end is fetched while the camera is on its way.
    if (this.fadeAt(to) > 0) this.targets.coming(visibleBox(to, this.view));
    this.glide = { from: this.camera, to, start: performance.now() };
    this.targets.setOff();
  }
}

export function calmMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

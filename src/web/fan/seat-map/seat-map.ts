// The seat map: three canvases (outlines, seats, labels), one camera, drawn only when something
// changed. Outlines answer at low zoom; from a few pixels a seat on, seats fade in and their
// geometry is fetched for what is on the screen. It knows seats and their looks, nothing of holds
// and prices: the shop sets choice, filter and focus, and hears what was tapped.
// Read next: seat-plan.ts, seat-layer.ts, gestures.ts; seat-list.tsx is its twin for keyboards.

import type { SectionSeats } from "../../../wire/contract.ts";
import type { Availability } from "./availability.ts";
import { type BaseFrame, baseLayer } from "./drawing/base-layer.ts";
import {
  between,
  type Box,
  type Camera,
  fit,
  type Limits,
  limitsFor,
  mix,
  panBy,
  smoothstep,
  toPlan,
  visibleBox,
  type Viewport,
  zoomAt,
} from "./camera.ts";
import { canvasSeats } from "./drawing/canvas-seats.ts";
import { listenToGestures } from "./gestures.ts";
import { glSeats } from "./drawing/gl-seats.ts";
import { labelLayer, type MapWords } from "./drawing/label-layer.ts";
import { type MapLook, readLook } from "./drawing/look.ts";
import { type SectionLoader, sectionLoader } from "./section-loader.ts";
import { addSection, type PlanSection, sectionAt, seatAt } from "./seat-plan.ts";

export type SeatMapOptions = {
  readonly seats: Availability;
  readonly words: MapWords;
  fetchSection(section: number): Promise<SectionSeats>;
  tapSeat(seat: number): void;
  tapStanding(section: PlanSection): void;
  sectionArrived(section: number): void;
  /** What the pointer is on, with its place in CSS pixels of the map. */
  pointAt(seat: number | undefined, at: { x: number; y: number }): void;
  /** `section`: the one in the middle of the screen, once its seats show. */
  cameraMoved?(view: { atFit: boolean; section: PlanSection | undefined }): void;
  /** For trying the fallback: never ask for WebGL2. */
  readonly canvasOnly?: boolean;
};

export type SeatMap = {
  readonly renderer: "webgl2" | "canvas2d" | "none";
  /** States, choice or own seats changed. */
  seatsChanged(): void;
  setShown(shown: Uint8Array): void;
  setWords(words: MapWords): void;
  focusSeat(seat: number | undefined): void;
  need(sections: readonly number[]): void;
  zoomBy(factor: number): void;
  fitAll(): void;
  showSection(section: number): void;
  showSeats(seats: readonly number[]): void;
  readLookAgain(): void;
  dispose(): void;
};

/** CSS pixels between two seats where they start to show, and where outlines have stepped back. */
const fadeFromPx = 4.2;
const fadeToPx = 7.5;
/** Below this a tap zooms in instead of choosing: nobody hits a seat of five pixels. */
const choosableMousePx = 7;
const choosableTouchPx = 17;
const glideMs = 280;

export function seatMap(host: HTMLElement, options: SeatMapOptions): SeatMap {
  return new Drawing(host, options);
}

class Drawing implements SeatMap {
  readonly renderer: SeatMap["renderer"];
  private readonly host: HTMLElement;
  private readonly options: SeatMapOptions;
  private readonly canvases: readonly HTMLCanvasElement[];
  private readonly base;
  private readonly labels;
  private readonly layer;
  private readonly loader: SectionLoader;
  private readonly resize: ResizeObserver;
  private readonly offGestures: () => void;
  private words: MapWords;
  private look: MapLook;
  private view: Viewport = { width: 1, height: 1 };
  private limits: Limits;
  private camera: Camera;
  private glide: { from: Camera; to: Camera; start: number } | undefined;
  private shown: Uint8Array;
  private focused = -1;
  private hovered = -1;
  private frame = 0;
  private sized = false;

  constructor(host: HTMLElement, options: SeatMapOptions) {
    this.host = host;
    this.options = options;
    this.words = options.words;
    const { plan } = options.seats;
    const [under, middle, over] = [0, 1, 2].map(() => document.createElement("canvas"));
    this.canvases = [under, middle, over].filter((canvas) => canvas !== undefined);
    for (const canvas of this.canvases) canvas.setAttribute("aria-hidden", "true");
    host.append(...this.canvases);
    this.look = readLook(host, plan.overview);
    this.base = baseLayer(this.canvas(0), plan);
    this.labels = labelLayer(this.canvas(2), plan);
    this.layer =
      (options.canvasOnly ? undefined : glSeats(this.canvas(1), plan, options.seats.looks)) ??
      canvasSeats(this.canvas(1), plan, options.seats.looks);
    this.renderer = this.layer?.kind ?? "none";
    this.shown = new Uint8Array(plan.overview.categories.length).fill(1);
    this.limits = limitsFor(plan.world, this.view, plan.pitch);
    this.camera = fit(plan.world, this.view, this.limits);
    this.loader = sectionLoader(plan, options.fetchSection, (seats) => {
      addSection(plan, seats);
      this.layer?.placesChanged();
      this.options.sectionArrived(seats.section);
      this.draw();
    });
    this.resize = new ResizeObserver(() => this.measure());
    this.resize.observe(host);
    this.canvas(1).addEventListener("webglcontextlost", (lost) => lost.preventDefault());
    this.offGestures = listenToGestures(host, {
      pan: (by) => this.move(panBy(this.camera, by, this.bounds())),
      zoom: (at, factor) => this.move(zoomAt(this.camera, at, factor, this.bounds())),
      glide: (at, factor) => this.glideTo(zoomAt(this.camera, at, factor, this.bounds())),
      tap: (at, pointer) => this.tap(at, pointer),
      hover: (at) => this.hover(at),
      calmMotion: () => calmMotion(),
    });
    this.measure();
  }

  private canvas(i: number): HTMLCanvasElement {
    const canvas = this.canvases[i];
    if (!canvas) throw new Error(`the map has no canvas ${i}`);
    return canvas;
  }

  private measure(): void {
    const { plan } = this.options.seats;
    const width = this.host.clientWidth;
    const height = this.host.clientHeight;
    if (width < 2 || height < 2) return;
    const wasFit = !this.sized || this.atFit();
    this.view = { width, height };
    this.limits = limitsFor(plan.world, this.view, plan.pitch);
    const ratio = this.ratio();
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.sized = true;
    this.move(
      wasFit ? fit(plan.world, this.view, this.limits) : panBy(this.camera, zero, this.bounds()),
    );
    // A resized canvas is empty: drawing it in the same task avoids a blank frame.
    this.paint();
  }

  private bounds(): { view: Viewport; limits: Limits } {
    return { view: this.view, limits: this.limits };
  }

  private ratio(): number {
    // Beyond 2.5 nobody sees the difference, and fill rate grows with its square.
    return between(window.devicePixelRatio || 1, 1, 2.5);
  }

  private atFit(): boolean {
    const whole = fit(this.options.seats.plan.world, this.view, this.limits);
    return this.camera.scale <= whole.scale * 1.02;
  }

  private move(camera: Camera): void {
    this.glide = undefined;
    this.setCamera(camera);
  }

  private setCamera(camera: Camera): void {
    this.camera = camera;
    if (this.fade() > 0) this.loader.want(visibleBox(camera, this.view));
    this.options.cameraMoved?.({
      atFit: this.atFit(),
      section: this.fade() > 0.5 ? sectionAt(this.options.seats.plan, camera) : undefined,
    });
    this.draw();
  }

  private glideTo(to: Camera): void {
    if (calmMotion()) return this.move(to);
    // What will be seen at the end is fetched while the camera is on its way.
    if (this.fadeAt(to) > 0) this.loader.want(visibleBox(to, this.view));
    this.glide = { from: this.camera, to, start: performance.now() };
    this.draw();
  }

  private fade(): number {
    return this.fadeAt(this.camera);
  }

  private fadeAt(camera: Camera): number {
    return smoothstep(fadeFromPx, fadeToPx, this.options.seats.plan.pitch * camera.scale);
  }

  private tap(at: { x: number; y: number }, pointer: "touch" | "mouse"): void {
    const { seats } = this.options;
    const pitchPx = seats.plan.pitch * this.camera.scale;
    const point = toPlan(this.camera, this.view, at);
    const section = sectionAt(seats.plan, point);
    if (section?.kind === "standing") return this.options.tapStanding(section);
    const enough = pointer === "mouse" ? choosableMousePx : choosableTouchPx;
    if (pitchPx >= enough) {
      const reach = (pointer === "mouse" ? Math.max(6, pitchPx * 0.6) : 24) / this.camera.scale;
      const seat = seatAt(seats.plan, point, reach);
      if (seat !== undefined) this.options.tapSeat(seat);
      return;
    }
    if (section && pitchPx < fadeToPx) return this.showSection(section.number);
    if (section) this.glideTo(zoomAt(this.camera, at, (enough * 1.5) / pitchPx, this.bounds()));
  }

  private hover(at: { x: number; y: number } | undefined): void {
    const { seats } = this.options;
    let seat: number | undefined;
    let section = -1;
    if (at) {
      const point = toPlan(this.camera, this.view, at);
      const pitchPx = seats.plan.pitch * this.camera.scale;
      if (pitchPx >= choosableMousePx) {
        seat = seatAt(seats.plan, point, Math.max(6, pitchPx * 0.6) / this.camera.scale);
      }
      if (seat === undefined) section = sectionAt(seats.plan, point)?.number ?? -1;
    }
    this.host.style.cursor = seat !== undefined || section >= 0 ? "pointer" : "grab";
    if (section !== this.hovered) {
      this.hovered = section;
      this.draw();
    }
    if ((seat ?? -1) !== this.focused) this.focusSeat(seat);
    this.options.pointAt(seat, at ?? zero);
  }

  private draw(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.step(now));
  }

  private step(now: number): void {
    this.frame = 0;
    if (this.glide) {
      const { from, to, start } = this.glide;
      const t = between((now - start) / glideMs, 0, 1);
      const eased = 1 - (1 - t) ** 3;
      this.setCamera(t >= 1 ? to : mix(from, to, eased));
      if (t >= 1) this.glide = undefined;
    }
    this.paint();
  }

  private paint(): void {
    if (!this.sized) return;
    const frame: BaseFrame = {
      camera: this.camera,
      view: this.view,
      ratio: this.ratio(),
      look: this.look,
      fade: this.fade(),
      shown: this.shown,
      focused: this.focused,
      seats: this.options.seats,
      hovered: this.hovered,
    };
    this.base.draw(frame);
    // Far out there is often no seat to see: then its canvas costs the compositor nothing either.
    const { own, chosen } = this.options.seats;
    const empty = frame.fade <= 0.004 && own.size + chosen.size === 0 && this.focused < 0;
    this.canvas(1).hidden = empty;
    if (!empty) this.layer?.draw(frame);
    this.labels.draw(frame, this.words);
  }

  seatsChanged(): void {
    this.layer?.looksChanged();
    this.draw();
  }

  setShown(shown: Uint8Array): void {
    this.shown = shown;
    this.draw();
  }

  setWords(words: MapWords): void {
    this.words = words;
    this.draw();
  }

  focusSeat(seat: number | undefined): void {
    this.focused = seat ?? -1;
    this.draw();
  }

  need(sections: readonly number[]): void {
    this.loader.need(sections);
  }

  zoomBy(factor: number): void {
    const middle = { x: this.view.width / 2, y: this.view.height / 2 };
    const from = this.glide?.to ?? this.camera;
    this.glideTo(zoomAt(from, middle, factor, this.bounds()));
  }

  fitAll(): void {
    this.glideTo(fit(this.options.seats.plan.world, this.view, this.limits));
  }

  showSection(section: number): void {
    const box = this.options.seats.plan.sections[section]?.box;
    if (box) this.showBox(box, 28);
  }

  showSeats(seats: readonly number[]): void {
    const { plan } = this.options.seats;
    const known = seats.filter((n) => (plan.radius[n] ?? 0) > 0);
    if (known.length === 0) return;
    const around = plan.pitch * 9;
    this.showBox(
      {
        x0: Math.min(...known.map((n) => plan.x[n] ?? 0)) - around,
        y0: Math.min(...known.map((n) => plan.y[n] ?? 0)) - around,
        x1: Math.max(...known.map((n) => plan.x[n] ?? 0)) + around,
        y1: Math.max(...known.map((n) => plan.y[n] ?? 0)) + around,
      },
      10,
    );
  }

  /** Close enough that seats show, even where the box is larger than that allows. */
  private showBox(box: Box, space: number): void {
    const near = fit(box, this.view, this.limits, space);
    const least = (fadeToPx * 1.15) / this.options.seats.plan.pitch;
    this.glideTo({ ...near, scale: between(Math.max(near.scale, least), 0, this.limits.maxScale) });
  }

  readLookAgain(): void {
    this.look = readLook(this.host, this.options.seats.plan.overview);
    this.draw();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.loader.stop();
    this.resize.disconnect();
    this.offGestures();
    this.layer?.dispose();
    for (const canvas of this.canvases) canvas.remove();
  }
}

const zero = { x: 0, y: 0 } as const;

function calmMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

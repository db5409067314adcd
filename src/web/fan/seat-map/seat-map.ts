// The seat map: three canvases (outlines, seats, labels), one camera, drawn only when something
// changed. Outlines answer at low zoom; from a few pixels a seat on, seats fade in and their
// geometry is fetched for what is on the screen. It knows seats and their looks, nothing of holds
// and prices: the shop sets choice, filter and focus, and hears what was tapped.
// Read next: seat-plan.ts, seat-layer.ts, moving.ts, gestures.ts; seat-list.tsx is its twin for keyboards.

import type { SectionSeats } from "../../../wire/contract.ts";
import type { Availability } from "./availability.ts";
import { type BaseFrame, baseLayer } from "./drawing/base-layer.ts";
import { between, toPlan } from "./camera.ts";
import { canvasSeats } from "./drawing/canvas-seats.ts";
import { listenToGestures } from "./gestures.ts";
import { glSeats } from "./drawing/gl-seats.ts";
import { labelLayer, type MapWords } from "./drawing/label-layer.ts";
import { type MapLook, readLook } from "./drawing/look.ts";
import { calmMotion, fadeToPx, Moving } from "./moving.ts";
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

/** Below this a tap zooms in instead of choosing: nobody hits a seat of five pixels. */
const choosableMousePx = 7;
const choosableTouchPx = 17;

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
  private readonly moving: Moving;
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
    this.loader = sectionLoader(plan, options.fetchSection, (seats) => {
      addSection(plan, seats);
      this.layer?.placesChanged();
      this.options.sectionArrived(seats.section);
      this.draw();
    });
    this.moving = new Moving(plan, {
      moved: () => this.moved(),
      setOff: () => this.draw(),
      coming: (box) => this.loader.want(box),
    });
    this.resize = new ResizeObserver(() => this.measure());
    this.resize.observe(host);
    this.canvas(1).addEventListener("webglcontextlost", (lost) => lost.preventDefault());
    this.offGestures = listenToGestures(host, {
      pan: (by) => this.moving.pan(by),
      zoom: (at, factor) => this.moving.zoom(at, factor),
      glide: (at, factor) => this.moving.glideZoom(at, factor),
      tap: (at, pointer) => this.tap(at, pointer),
      hover: (at) => this.hover(at),
      calmMotion,
    });
    this.measure();
  }

  private canvas(i: number): HTMLCanvasElement {
    const canvas = this.canvases[i];
    if (!canvas) throw new Error(`the map has no canvas ${i}`);
    return canvas;
  }

  private measure(): void {
    const width = this.host.clientWidth;
    const height = this.host.clientHeight;
    if (width < 2 || height < 2) return;
    const ratio = this.ratio();
    for (const canvas of this.canvases) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const startOver = !this.sized || this.moving.atFit();
    this.sized = true;
    this.moving.resize({ width, height }, startOver);
    // A resized canvas is empty: drawing it in the same task avoids a blank frame.
    this.paint();
  }

  private ratio(): number {
    // Beyond 2.5 nobody sees the difference, and fill rate grows with its square.
    return between(window.devicePixelRatio || 1, 1, 2.5);
  }

  private moved(): void {
    const { moving } = this;
    this.options.cameraMoved?.({
      atFit: moving.atFit(),
      section: moving.fade() > 0.5 ? sectionAt(this.options.seats.plan, moving.camera) : undefined,
    });
    this.draw();
  }

  private tap(at: { x: number; y: number }, pointer: "touch" | "mouse"): void {
    const { options, moving } = this;
    const { seats } = options;
    const pitchPx = moving.pitchPx();
    const point = toPlan(moving.camera, moving.view, at);
    const section = sectionAt(seats.plan, point);
    if (section?.kind === "standing") return options.tapStanding(section);
    const enough = pointer === "mouse" ? choosableMousePx : choosableTouchPx;
    if (pitchPx >= enough) {
      const reach = (pointer === "mouse" ? Math.max(6, pitchPx * 0.6) : 24) / moving.camera.scale;
      const seat = seatAt(seats.plan, point, reach);
      if (seat !== undefined) options.tapSeat(seat);
      return;
    }
    if (section && pitchPx < fadeToPx) return this.showSection(section.number);
    if (section) moving.glideZoom(at, (enough * 1.5) / pitchPx);
  }

  private hover(at: { x: number; y: number } | undefined): void {
    const { moving } = this;
    const { seats } = this.options;
    let seat: number | undefined;
    let section = -1;
    if (at) {
      const point = toPlan(moving.camera, moving.view, at);
      const pitchPx = moving.pitchPx();
      if (pitchPx >= choosableMousePx) {
        seat = seatAt(seats.plan, point, Math.max(6, pitchPx * 0.6) / moving.camera.scale);
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
    this.moving.step(now);
    this.paint();
  }

  private paint(): void {
    if (!this.sized) return;
    const frame: BaseFrame = {
      camera: this.moving.camera,
      view: this.moving.view,
      ratio: this.ratio(),
      look: this.look,
      fade: this.moving.fade(),
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
    this.moving.zoomBy(factor);
  }

  fitAll(): void {
    this.moving.fitAll();
  }

  showSection(section: number): void {
    const box = this.options.seats.plan.sections[section]?.box;
    if (box) this.moving.showBox(box, 28);
  }

  showSeats(seats: readonly number[]): void {
    const { plan } = this.options.seats;
    const known = seats.filter((n) => (plan.radius[n] ?? 0) > 0);
    if (known.length === 0) return;
    const around = plan.pitch * 9;
    this.moving.showBox(
      {
        x0: Math.min(...known.map((n) => plan.x[n] ?? 0)) - around,
        y0: Math.min(...known.map((n) => plan.y[n] ?? 0)) - around,
        x1: Math.max(...known.map((n) => plan.x[n] ?? 0)) + around,
        y1: Math.max(...known.map((n) => plan.y[n] ?? 0)) + around,
      },
      10,
    );
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

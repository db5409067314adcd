// Fingers, mouse, wheel and keys to movements of the camera. Keeps: a movement of less than six
// pixels is a tap, never a pan; two fingers zoom around their middle; inertia is short and stops at
// the next touch; nothing here knows what a seat is.

export type GestureTargets = {
  pan(by: { x: number; y: number }): void;
  zoom(at: { x: number; y: number }, factor: number): void;
  /** Wheel turns and double taps glide; pinches follow the fingers. */
  glide(at: { x: number; y: number }, factor: number): void;
  tap(at: { x: number; y: number }, pointer: "touch" | "mouse"): void;
  hover(at: { x: number; y: number } | undefined): void;
  calmMotion(): boolean;
};

const tapPx = 6;
const doubleTapMs = 280;
type Point = { x: number; y: number };

/** @returns a function that takes all listeners off again. */
export function listenToGestures(element: HTMLElement, targets: GestureTargets): () => void {
  const off = new AbortController();
  const options = { signal: off.signal } as const;
  const hand = new Hand(element, targets);
  element.addEventListener("pointerdown", (happening) => hand.press(happening), options);
  element.addEventListener("pointermove", (happening) => hand.drag(happening), options);
  element.addEventListener("pointerup", (happening) => hand.lift(happening), options);
  element.addEventListener("pointercancel", (happening) => hand.lift(happening), options);
  element.addEventListener("pointerleave", () => targets.hover(undefined), options);
  element.addEventListener("wheel", (happening) => hand.turn(happening), {
    ...options,
    passive: false,
  });
  return () => {
    hand.rest();
    off.abort();
  };
}

/** The pointers that are down now and what they have done since the first of them came. */
class Hand {
  private readonly element: HTMLElement;
  private readonly targets: GestureTargets;
  private readonly down = new Map<number, Point>();
  private moved = 0;
  private speed: Point = { x: 0, y: 0 };
  private lastMove = 0;
  private lastTap: { at: Point; when: number } | undefined;
  private inertia = 0;

  constructor(element: HTMLElement, targets: GestureTargets) {
    this.element = element;
    this.targets = targets;
  }

  private local(happening: MouseEvent): Point {
    const box = this.element.getBoundingClientRect();
    return { x: happening.clientX - box.left, y: happening.clientY - box.top };
  }

  rest(): void {
    cancelAnimationFrame(this.inertia);
  }

  press(happening: PointerEvent): void {
    if (happening.button !== 0) return;
    this.rest();
    if (this.down.size === 0) this.moved = 0;
    this.down.set(happening.pointerId, this.local(happening));
    this.speed = { x: 0, y: 0 };
    this.element.setPointerCapture(happening.pointerId);
  }

  drag(happening: PointerEvent): void {
    const at = this.local(happening);
    const before = this.down.get(happening.pointerId);
    if (!before) {
      if (happening.pointerType === "mouse") this.targets.hover(at);
      return;
    }
    const by = { x: at.x - before.x, y: at.y - before.y };
    this.moved += Math.hypot(by.x, by.y);
    const other = [...this.down].find(([id]) => id !== happening.pointerId)?.[1];
    this.down.set(happening.pointerId, at);
    if (other) return this.pinch(before, at, other);
    if (this.moved < tapPx) return;
    this.targets.hover(undefined);
    this.targets.pan(by);
    const span = Math.max(1, happening.timeStamp - this.lastMove);
    this.lastMove = happening.timeStamp;
    this.speed = {
      x: 0.6 * this.speed.x + 0.4 * (by.x / span),
      y: 0.6 * this.speed.y + 0.4 * (by.y / span),
    };
  }

  private pinch(before: Point, at: Point, other: Point): void {
    this.moved = Math.max(this.moved, tapPx);
    const apartBefore = Math.hypot(before.x - other.x, before.y - other.y);
    const apart = Math.hypot(at.x - other.x, at.y - other.y);
    this.targets.pan({ x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 });
    if (apartBefore > 0) {
      const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
      this.targets.zoom(middle, apart / apartBefore);
    }
  }

  lift(happening: PointerEvent): void {
    if (!this.down.delete(happening.pointerId)) return;
    if (happening.type === "pointercancel" || this.down.size > 0) return;
    if (this.moved < tapPx) return this.tap(this.local(happening), happening);
    if (this.targets.calmMotion() || happening.timeStamp - this.lastMove > 60) return;
    this.roll(performance.now());
  }

  private tap(at: Point, happening: PointerEvent): void {
    const touch = happening.pointerType !== "mouse";
    const last = this.lastTap;
    const double =
      touch &&
      last !== undefined &&
      happening.timeStamp - last.when < doubleTapMs &&
      Math.hypot(at.x - last.at.x, at.y - last.at.y) < 30;
    this.lastTap = double ? undefined : { at, when: happening.timeStamp };
    if (double) this.targets.glide(at, 2.2);
    else this.targets.tap(at, touch ? "touch" : "mouse");
  }

  private roll(before: number): void {
    this.inertia = requestAnimationFrame((now) => {
      const span = Math.min(40, Math.max(0, now - before));
      this.targets.pan({ x: this.speed.x * span, y: this.speed.y * span });
      const slower = Math.exp(-span / 110);
      this.speed = { x: this.speed.x * slower, y: this.speed.y * slower };
      if (Math.hypot(this.speed.x, this.speed.y) > 0.03) this.roll(now);
    });
  }

  turn(happening: WheelEvent): void {
    happening.preventDefault();
    this.rest();
    const lines = happening.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const turned = Math.max(-120, Math.min(120, happening.deltaY * lines));
    // A pinch on a trackpad arrives as a wheel with ctrl held, in smaller steps.
    const factor = Math.exp(-turned * (happening.ctrlKey ? 0.012 : 0.0024));
    this.targets.zoom(this.local(happening), factor);
  }
}

// What a renderer of seats is given for one frame, whichever of the two draws it. Both keep the
// same picture: free is a filled disc (a rounded square where a wheelchair fits, a disc with a slit
// where the view is partly blocked), held a ring, sold a faint dot, withheld a faint cross, chosen
// and own are the accent with a tick, and own has a ring round it. Never by hue alone.
// Read next: gl-seats.ts (WebGL2, one draw call), canvas-seats.ts (Canvas 2D, for the rest).

import type { Camera, Viewport } from "../camera.ts";
import type { MapLook } from "./look.ts";

export type SeatFrame = {
  readonly camera: Camera;
  readonly view: Viewport;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  readonly look: MapLook;
  /** 0…1: seats fade in where outlines fade out; the fan's own are always there. */
  readonly fade: number;
  /** 1 for a category that the legend shows, 0 for one filtered out. */
  readonly shown: Uint8Array;
  /** Pointer or keyboard is on this seat; −1: none. */
  readonly focused: number;
};

export type SeatLayer = {
  readonly kind: "webgl2" | "canvas2d";
  /** Geometry of some section has arrived. */
  placesChanged(): void;
  looksChanged(): void;
  draw(frame: SeatFrame): void;
  dispose(): void;
};

/** The fan's own seats stay this large, in CSS pixels, however far out the map is. */
export const ownRadiusPx = 5;

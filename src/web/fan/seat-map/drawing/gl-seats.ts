// Seats on WebGL2: one instanced draw call for the whole plan. Place and kind are uploaded when a
// section arrives; the looks, one byte a seat, whenever one changes (16,054 seats are 16 KB, which
// is cheaper to send whole than to send in pieces). Shapes are distance fields, so they stay sharp
// at every scale. Read next: seat-layer.ts (what each state looks like).

import type { Rgb } from "./look.ts";
import { ownRadiusPx, type SeatFrame, type SeatLayer } from "./seat-layer.ts";
import type { SeatPlan } from "../seat-plan.ts";
import { fragmentShader, maxCategories, vertexShader } from "./shaders.ts";

type Uniform =
  | "camera"
  | "size"
  | "categories"
  | "focused"
  | "fade"
  | "ownRadius"
  | "ratio"
  | "soft"
  | "accent"
  | "onAccent"
  | "ink"
  | "ground";

/** undefined where the browser has no WebGL2; the caller then draws on Canvas 2D. */
export function glSeats(
  canvas: HTMLCanvasElement,
  plan: SeatPlan,
  looks: Uint8Array,
): SeatLayer | undefined {
  if (plan.overview.categories.length > maxCategories) return undefined;
  const gl = canvas.getContext("webgl2", {
    alpha: true,
    premultipliedAlpha: true,
    antialias: false,
    depth: false,
    powerPreference: "low-power",
  });
  if (!gl) return undefined;
  const program = programOf(gl);
  if (!program) return undefined;
  const at = uniformsOf(gl, program);
  const seats = plan.overview.seatCount;
  const places = new Float32Array(seats * 3);
  const kinds = new Uint8Array(seats * 2);
  const buffers = attributes(gl, { seats, places, kinds });
  const palette = new Float32Array(maxCategories * 4);
  let stalePlaces = true;
  let staleLooks = true;

  const upload = () => {
    if (stalePlaces) {
      for (let n = 0; n < seats; n++) {
        places[3 * n] = plan.x[n] ?? 0;
        places[3 * n + 1] = plan.y[n] ?? 0;
        places[3 * n + 2] = plan.radius[n] ?? 0;
        kinds[2 * n] = plan.category[n] ?? 0;
        kinds[2 * n + 1] = plan.flags[n] ?? 0;
      }
      write(gl, buffers.places, places);
      write(gl, buffers.kinds, kinds);
    }
    if (staleLooks) write(gl, buffers.looks, looks);
    stalePlaces = staleLooks = false;
  };

  return {
    kind: "webgl2",
    placesChanged() {
      stalePlaces = true;
    },
    looksChanged() {
      staleLooks = true;
    },
    draw(frame) {
      if (gl.isContextLost()) return;
      upload();
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.useProgram(program);
      gl.bindVertexArray(buffers.array);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.uniform4fv(at.categories, paint(palette, frame));
      setUniforms(gl, at, frame);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, seats);
    },
    dispose() {
      gl.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}

type Uniforms = Record<Uniform, WebGLUniformLocation | null>;

function uniformsOf(gl: WebGL2RenderingContext, program: WebGLProgram): Uniforms {
  const at = (name: Uniform) => gl.getUniformLocation(program, name);
  return {
    camera: at("camera"),
    size: at("size"),
    categories: at("categories"),
    focused: at("focused"),
    fade: at("fade"),
    ownRadius: at("ownRadius"),
    ratio: at("ratio"),
    soft: at("soft"),
    accent: at("accent"),
    onAccent: at("onAccent"),
    ink: at("ink"),
    ground: at("ground"),
  };
}

function setUniforms(gl: WebGL2RenderingContext, at: Uniforms, frame: SeatFrame): void {
  const { camera, view, ratio, look } = frame;
  gl.uniform3f(at.camera, camera.x, camera.y, camera.scale * ratio);
  gl.uniform2f(at.size, view.width * ratio, view.height * ratio);
  gl.uniform1i(at.focused, frame.focused);
  gl.uniform1f(at.fade, frame.fade);
  gl.uniform1f(at.ownRadius, ownRadiusPx * ratio);
  gl.uniform1f(at.ratio, ratio);
  gl.uniform3f(at.soft, ...look.soft);
  gl.uniform3f(at.accent, ...look.accent);
  gl.uniform3f(at.onAccent, ...look.onAccent);
  gl.uniform3f(at.ink, ...look.ink);
  gl.uniform3f(at.ground, ...look.surface);
}

function paint(palette: Float32Array, { look, shown }: SeatFrame): Float32Array {
  for (const [c, colour] of look.categories.entries()) {
    const [r, g, b]: Rgb = colour;
    palette.set([r, g, b, shown[c] ?? 1], c * 4);
  }
  return palette;
}

function attributes(
  gl: WebGL2RenderingContext,
  initial: { seats: number; places: Float32Array; kinds: Uint8Array },
) {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  const corners = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  const perSeat = (location: number, bytes: number): WebGLBuffer | null => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, initial.seats * bytes, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribDivisor(location, 1);
    return buffer;
  };
  const places = perSeat(1, 12);
  gl.vertexAttribPointer(1, 3, gl.FLOAT, false, 0, 0);
  const kinds = perSeat(2, 2);
  gl.vertexAttribIPointer(2, 2, gl.UNSIGNED_BYTE, 0, 0);
  const looks = perSeat(3, 1);
  gl.vertexAttribIPointer(3, 1, gl.UNSIGNED_BYTE, 0, 0);
  return { array, places, kinds, looks };
}

function write(
  gl: WebGL2RenderingContext,
  buffer: WebGLBuffer | null,
  bytes: Float32Array | Uint8Array,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferSubData(gl.ARRAY_BUFFER, 0, bytes);
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined;
}

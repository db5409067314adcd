// The two programs behind gl-seats.ts. Look numbers are seatLook's, flag bits the plan's
// (1 accessible, 2 companion, 4 obstructed). All lengths inside are device pixels.

/** Size of the colour table: planLimits.categories is 50. */
export const maxCategories = 64;

export const vertexShader = `#version 300 es
precision highp float;
layout(location = 0) in vec2 corner;
layout(location = 1) in vec3 place;
layout(location = 2) in uvec2 kind;
layout(location = 3) in uint look;
uniform vec3 camera;
uniform vec2 size;
uniform vec4 categories[${maxCategories}];
uniform int focused;
uniform float fade;
uniform float ownRadius;
out vec2 at;
flat out float radius;
flat out vec4 paint;
flat out uint state;
flat out uint flags;
flat out float visible;
flat out float ring;
void main() {
  bool own = look >= 4u;
  bool here = gl_InstanceID == focused;
  float r = place.z * camera.z;
  if (own) r = max(r * 1.04, ownRadius);
  // Small quads where little is drawn: most seats of a full house are faint dots.
  float reach = own || here ? r * 1.4 + 4.0 : look < 2u ? r + 1.0 : r * 0.42 + 1.0;
  visible = own || here ? 1.0 : fade;
  if (place.z == 0.0 || visible <= 0.004) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 middle = (place.xy - camera.xy) * camera.z;
  at = corner * reach;
  gl_Position = vec4((middle + at) / (size * 0.5) * vec2(1.0, -1.0), 0.0, 1.0);
  radius = r;
  paint = categories[kind.x];
  state = look;
  flags = kind.y;
  ring = here ? 1.0 : 0.0;
}`;

export const fragmentShader = `#version 300 es
precision highp float;
in vec2 at;
flat in float radius;
flat in vec4 paint;
flat in uint state;
flat in uint flags;
flat in float visible;
flat in float ring;
uniform vec3 soft;
uniform vec3 accent;
uniform vec3 onAccent;
uniform vec3 ink;
uniform vec3 ground;
uniform float ratio;
out vec4 colour;

float cover(float distance) { return clamp(0.5 - distance, 0.0, 1.0); }
float square(vec2 p, float side, float corner) {
  vec2 q = abs(p) - side + corner;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - corner;
}
float stroke(vec2 p, vec2 a, vec2 b, float width) {
  vec2 ap = p - a;
  vec2 ab = b - a;
  return length(ap - ab * clamp(dot(ap, ab) / dot(ab, ab), 0.0, 1.0)) - width;
}
vec4 over(vec4 below, vec3 rgb, float alpha) {
  return vec4(rgb * alpha, alpha) + below * (1.0 - alpha);
}

void main() {
  float r = radius;
  bool wheels = (flags & 3u) != 0u;
  float body = wheels ? square(at, r * 0.94, r * 0.34) : length(at) - r;
  vec4 sum = vec4(0.0);
  if (state == 0u) {
    float shown = paint.a;
    float alpha = cover(body) * mix(0.2, 1.0, shown);
    if ((flags & 4u) != 0u && r > 3.0) {
      alpha *= 1.0 - 0.82 * cover(abs(at.y) - r * 0.16);
    }
    sum = over(sum, mix(soft, paint.rgb, shown), alpha);
  } else if (state == 1u) {
    float width = max(r * 0.11, 0.55 * ratio);
    float line = abs(body + r * 0.2) - width;
    sum = over(sum, soft, cover(line) * (r < 3.0 ? 0.5 : 0.85));
  } else if (state == 2u) {
    sum = over(sum, soft, cover(length(at) - r * 0.34) * 0.42);
  } else if (state == 3u) {
    float e = r * 0.36;
    float width = max(r * 0.06, 0.35 * ratio);
    float cross = min(stroke(at, vec2(-e), vec2(e), width),
                      stroke(at, vec2(-e, e), vec2(e, -e), width));
    sum = over(sum, soft, cover(cross) * 0.4);
  } else {
    sum = over(sum, ground, cover(length(at) - r * 1.12 - 1.5));
    sum = over(sum, accent, cover(body));
    if (r > 3.0) {
      float width = max(r * 0.1, 0.5);
      float tick = min(stroke(at, vec2(-0.42, 0.04) * r, vec2(-0.1, 0.36) * r, width),
                       stroke(at, vec2(-0.1, 0.36) * r, vec2(0.46, -0.32) * r, width));
      sum = over(sum, onAccent, cover(tick));
    }
    if (state == 5u) {
      sum = over(sum, accent, cover(abs(length(at) - r * 1.28 - 1.0) - max(r * 0.07, 0.7 * ratio)));
    }
  }
  if (ring > 0.5) {
    sum = over(sum, ink, cover(abs(length(at) - r * 1.24 - 1.5) - max(r * 0.06, 0.9 * ratio)));
  }
  colour = sum * visible;
}`;

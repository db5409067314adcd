// The five health points: a colour, a word and a shape each, so that no one of them is needed alone.
// Round = fine, triangle = warn, square with a bar = danger, ring = nothing to judge or not known.

import type { HealthPoint } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";
import { count, rate, share } from "./numbers.ts";

const shapes: Record<HealthPoint["level"], string> = {
  fine: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3",
  warn: "M8 2l6.5 12h-13z",
  danger: "M2.5 2.5h11v11h-11zM7 4.5h2v4.5H7zM7 10h2v2H7z",
  idle: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3m0 1.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8",
  unknown: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3m0 1.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8",
};

export function Shape({ level }: { level: HealthPoint["level"] }) {
  return (
    <svg class={`shape ${level}`} viewBox="0 0 16 16" aria-hidden="true">
      <path fill-rule="evenodd" d={shapes[level]} />
    </svg>
  );
}

export function valueOf({ value, unit }: Pick<HealthPoint, "value" | "unit">): string {
  if (value === undefined) return words.value.number.none;
  if (unit === "share") return share(value);
  return unit === "per-sec" ? `${rate(value)}/s` : count(value);
}

export function ruleOf(point: HealthPoint): string {
  const { rule } = words.value.health;
  const at = (value: number) => valueOf({ value, unit: point.unit });
  const say = point.name === "admission-rate" ? rule.falling : rule.rising;
  return say(at(point.warnAt), at(point.dangerAt));
}

/** All five in a row. */
export function HealthPoints({ points }: { points: HealthPoint[] }) {
  const t = words.value.health;
  return (
    <ul class="points" aria-label={t.title}>
      {points.map((point) => (
        <li key={point.name} class={`point ${point.level}`}>
          <span class="point-name">{t.point[point.name]}</span>
          <span class="point-value">{valueOf(point)}</span>
          <span class="point-level">
            <Shape level={point.level} />
            {t.level[point.level]}
          </span>
          <span class="point-rule">{point.level === "idle" ? t.idleWhy : ruleOf(point)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The five as shapes only, for a row in a list; readers hear the words. */
export function HealthShapes({ points }: { points: HealthPoint[] }) {
  const t = words.value.health;
  return (
    <ul class="shapes" aria-label={t.title}>
      {points.map((point) => (
        <li key={point.name} title={`${t.point[point.name]}: ${t.level[point.level]}`}>
          <Shape level={point.level} />
          <span class="seen-by-readers-only">
            {t.point[point.name]}: {t.level[point.level]}
          </span>
        </li>
      ))}
    </ul>
  );
}

// The four curves of an on-sale, each with what it is judged by: admissions against the rate and the
// health thresholds, the line against its thresholds, seats against all seats, the shop against its
// capacity.

import { useState } from "preact/hooks";
import type { DeskHistory, DeskSample, HealthPoint } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";
import { count, rate } from "../parts/numbers.ts";
import { Curve, type CurveLine, type CurveProps, type Threshold } from "./curve.tsx";

const spans = [2, 10, 30];

export function Curves({ history, sample }: { history: DeskHistory; sample: DeskSample }) {
  const t = words.value.curves;
  const [minutes, setMinutes] = useState(spans[0] ?? 2);
  return (
    <section class="curves" aria-labelledby="curves-title">
      <header class="part-head">
        <h2 id="curves-title">{t.title}</h2>
        <div class="segments" role="group" aria-label={t.title}>
          {spans.map((span) => (
            <button
              key={span}
              type="button"
              aria-pressed={span === minutes}
              onClick={() => setMinutes(span)}
            >
              {t.span(span)}
            </button>
          ))}
        </div>
      </header>
      <div class="curve-grid">
        {curvesOf(history, sample).map((curve) => (
          <Curve key={curve.title} {...curve} at={history.at} spanMs={minutes * 60_000} />
        ))}
      </div>
    </section>
  );
}

type Drawn = Omit<CurveProps, "at" | "spanMs">;

function curvesOf(history: DeskHistory, sample: DeskSample): Drawn[] {
  const { curves: t, number } = words.value;
  const { line, seats, health } = sample;
  const all = seats.free + seats.held + seats.paying + seats.sold;
  const drawn = (title: string, now: string, rest: Omit<Drawn, "title" | "readOut">): Drawn => ({
    title,
    readOut: t.readOut(title, now),
    ...rest,
  });
  const one = (label: string, color: string, values: (number | null)[]): CurveLine => ({
    label,
    color,
    values,
  });
  return [
    drawn(t.admitted, rate(sample.admittedPerSec), {
      lines: [
        { ...one(number.admitted, "--accent-text", history.admittedPerSec), filled: true },
        { ...one(t.rate, "--ink-faint", history.ratePerSec), isSetting: true },
      ],
      thresholds: thresholdsOf(health, "admission-rate"),
    }),
    drawn(t.waiting, count(line.waiting), {
      lines: [{ ...one(number.waiting, "--curve-line", history.waiting), filled: true }],
      thresholds: thresholdsOf(health, "queue-size"),
    }),
    drawn(t.seats, `${number.free} ${count(seats.free)}`, {
      lines: [
        one(number.free, "--seat-free", history.free),
        one(number.held, "--seat-held", history.held),
        one(number.sold, "--seat-sold", history.sold),
      ],
      thresholds: [{ value: all, label: t.total, color: "--ink-faint" }],
    }),
    drawn(t.shop, count(line.turns + line.shoppers), {
      lines: [{ ...one(number.shop, "--curve-shop", history.active), filled: true }],
      thresholds: [{ value: sample.maxCapacity, label: t.capacity, color: "--ink-soft" }],
    }),
  ];
}

function thresholdsOf(health: readonly HealthPoint[], name: HealthPoint["name"]): Threshold[] {
  const t = words.value.curves;
  const point = health.find((found) => found.name === name);
  if (point === undefined) return [];
  return [
    { value: point.warnAt, label: t.warn, color: "--warn" },
    { value: point.dangerAt, label: t.danger, color: "--bad" },
  ];
}

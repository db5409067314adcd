// The four curves of an on-sale, each with what it is judged by: admissions against the rate and the
// health thresholds, the line against its thresholds, seats against all seats, the shop against its
// capacity.

import { useState } from "preact/hooks";
import type { DeskHistory, DeskSample, HealthPoint } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";
import { count, rate } from "../parts/numbers.ts";
import { Curve, type Threshold } from "./curve.tsx";

const spans = [2, 10, 30];

export function Curves({ history, sample }: { history: DeskHistory; sample: DeskSample }) {
  const t = words.value.curves;
  const [minutes, setMinutes] = useState(spans[0] ?? 2);
  const spanMs = minutes * 60_000;
  const { at } = history;
  const { line, seats } = sample;
  const all = seats.free + seats.held + seats.paying + seats.sold;
  const common = { at, spanMs };
  const number = words.value.number;
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
        <Curve
          {...common}
          title={t.admitted}
          readOut={t.readOut(t.admitted, rate(sample.admittedPerSec))}
          lines={[
            {
              label: number.admitted,
              color: "--accent-text",
              values: history.admittedPerSec,
              filled: true,
            },
            { label: t.rate, color: "--ink-faint", values: history.ratePerSec, isSetting: true },
          ]}
          thresholds={thresholdsOf(sample.health, "admission-rate")}
        />
        <Curve
          {...common}
          title={t.waiting}
          readOut={t.readOut(t.waiting, count(line.waiting + line.returned))}
          lines={[
            { label: number.waiting, color: "--curve-line", values: history.waiting, filled: true },
          ]}
          thresholds={thresholdsOf(sample.health, "queue-size")}
        />
        <Curve
          {...common}
          title={t.seats}
          readOut={t.readOut(t.seats, `${number.free} ${count(seats.free)}`)}
          lines={[
            { label: number.free, color: "--seat-free", values: history.free },
            { label: number.held, color: "--seat-held", values: history.held },
            { label: number.sold, color: "--seat-sold", values: history.sold },
          ]}
          thresholds={[{ value: all, label: t.total, color: "--ink-faint" }]}
        />
        <Curve
          {...common}
          title={t.shop}
          readOut={t.readOut(t.shop, count(line.turns + line.shoppers))}
          lines={[
            { label: number.shop, color: "--curve-shop", values: history.active, filled: true },
          ]}
          thresholds={[{ value: sample.maxCapacity, label: t.capacity, color: "--ink-soft" }]}
        />
      </div>
    </section>
  );
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

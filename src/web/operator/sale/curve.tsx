// One curve, drawn by uPlot: lines over the last minutes, every threshold drawn. A threshold far above
// the data would flatten the curve, so it is then pinned to the upper edge with an arrow and its value:
// always seen, never in the way. Colours come from the tokens, in both themes.

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { locale, theme } from "../page.ts";
import { short } from "../parts/numbers.ts";

export type CurveLine = {
  label: string;
  /** Name of a design token. */
  color: string;
  values: (number | null)[];
  filled?: boolean;
  /** A setting that moves in steps (rate, capacity): dashed. */
  isSetting?: boolean;
};
export type Threshold = { value: number; label: string; color: string };
export type CurveProps = {
  title: string;
  readOut: string;
  at: number[];
  lines: CurveLine[];
  thresholds: Threshold[];
  spanMs: number;
};

const height = 168;
/** Below it the axis would count halves of people. */
const fewest = 8;
/** Of a threshold's name, in CSS pixels. */
const nameHeight = 13;
/** A threshold up to this many times the data's top is drawn to scale. */
const inScale = 2.5;

export function Curve(props: CurveProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const shape = `${theme.value} ${locale.value} ${props.lines.map(({ label }) => label).join()}`;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot(
      optionsFor(latest, element.clientWidth),
      columnsOf(latest.current),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(columnsOf(props)), [props.at, props.spanMs]);

  return (
    <figure class="curve">
      <figcaption>
        <span>{props.title}</span>
        <span class="legend">
          {props.lines.map(({ label, color, isSetting }) => (
            <span key={label} class={isSetting ? "setting" : ""}>
              <i style={{ background: `var(${color})` }} />
              {label}
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={host} class="plot" role="img" aria-label={props.readOut} />
    </figure>
  );
}

function columnsOf({ at, lines, spanMs }: CurveProps): uPlot.AlignedData {
  const from = (at.at(-1) ?? 0) - spanMs;
  let start = 0;
  while (start < at.length && (at[start] ?? 0) < from) start++;
  return [
    at.slice(start).map((instant) => instant / 1_000),
    ...lines.map(({ values }) => values.slice(start)),
  ];
}

type Latest = { readonly current: CurveProps };

function optionsFor(latest: Latest, width: number): uPlot.Options {
  const ink = colorOf("--ink-faint");
  const grid = { stroke: colorOf("--line"), width: 1 };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, font, grid, ticks: { show: false } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false } },
    padding: [14, 8, 0, 0],
    scales: {
      x: { time: true, range: (_, __, max) => [max - latest.current.spanMs / 1_000, max] },
      y: { range: (_, __, max) => [0, topOf(latest.current, max)] },
    },
    axes: [
      { ...axis, size: 26, space: 80, values: (plot, at) => timesOf(plot, at) },
      { ...axis, size: 46, space: 32, values: (_, at) => at.map((value) => short(value)) },
    ],
    series: [{}, ...latest.current.lines.map(seriesOf)],
    hooks: { draw: [(plot) => drawThresholds(plot, latest.current.thresholds, font)] },
  };
}

function seriesOf({ label, color, filled, isSetting }: CurveLine): uPlot.Series {
  const stroke = colorOf(color);
  return {
    label,
    stroke,
    width: isSetting ? 1.25 : 1.75,
    points: { show: false },
    spanGaps: false,
    ...(isSetting ? { dash: [5, 4] } : {}),
    ...(filled ? { fill: stroke.replace(/^rgb\((.*)\)$/, "rgba($1, 0.14)") } : {}),
  };
}

/** The data's top with some air, or the nearest threshold where it is near. */
function topOf({ thresholds, lines }: CurveProps, max: number | null): number {
  const settings = lines
    .filter(({ isSetting }) => isSetting)
    .map(({ values }) => values.at(-1) ?? 0);
  const top = Math.max(max ?? 0, ...settings, fewest);
  const near = thresholds.map(({ value }) => value).filter((value) => value <= top * inScale);
  return Math.max(top, ...near) * 1.12;
}

function drawThresholds(plot: uPlot, thresholds: readonly Threshold[], font: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const top = plot.scales["y"]?.max ?? 0;
  ctx.save();
  ctx.font = font.replace("11px", `${10.5 * ratio}px`);
  ctx.lineWidth = ratio;
  const written: { y: number; width: number }[] = [];
  for (const { value, label, color } of thresholds) {
    const isAbove = value > top;
    const y = isAbove ? bbox.top : plot.valToPos(value, "y", true);
    ctx.strokeStyle = ctx.fillStyle = colorOf(color);
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.globalAlpha = isAbove ? 0.5 : 0.9;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.globalAlpha = 1;
    const text = `${isAbove ? "↑ " : ""}${label} ${short(value)}`;
    ctx.textAlign = "right";
    ctx.textBaseline = "bottom";
    // Names of lines that lie close together, or are pinned, stand side by side.
    const beside = written.filter((other) => Math.abs(other.y - y) < nameHeight * ratio);
    const taken = beside.reduce((sum, { width }) => sum + width + 10 * ratio, 0);
    ctx.fillText(text, bbox.left + bbox.width - taken, y - 2 * ratio);
    written.push({ y, width: ctx.measureText(text).width });
  }
  ctx.restore();
}

/** Without those that the right edge would cut off. */
function timesOf(plot: uPlot, at: readonly number[]): string[] {
  const { min = 0, max = 0 } = plot.scales["x"] ?? {};
  const last = (max ?? 0) - ((max ?? 0) - (min ?? 0)) * 0.07;
  return at.map((seconds) => (seconds > last ? "" : timeOf(seconds)));
}

const timeOf = (seconds: number) =>
  new Intl.DateTimeFormat(locale.value, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(seconds * 1_000);

/** Canvas knows no custom properties: an element of the page resolves them. */
function colorOf(token: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

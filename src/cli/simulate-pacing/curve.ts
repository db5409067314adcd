// A simulated sale as text: one line of blocks for each number, the same time along all of them, and
// below them a letter for what held the pacer back.

import type { PaceReason } from "../../domain/waiting-room/pacing.ts";
import type { Second, Simulation } from "./simulate.ts";

const blocks = " ▁▂▃▄▅▆▇█";
const letters: Record<PaceReason, string> = {
  "not-open": ".",
  paused: ".",
  "no-capacity": "F",
  "no-seats": "N",
  "nobody-waiting": "-",
  rate: "r",
  "capacity-share": "c",
  "few-seats": "s",
  payments: "p",
  latency: "l",
  waiting: "w",
};

type Curve = { name: string; of: (second: Second) => number };
const curves: readonly Curve[] = [
  { name: "turns/s", of: ({ turns }) => turns },
  { name: "inside", of: ({ inside }) => inside },
  { name: "waiting", of: ({ waiting }) => waiting },
  { name: "free seats", of: ({ free }) => free },
  { name: "held", of: ({ held }) => held },
  { name: "sold", of: ({ sold }) => sold },
  { name: "payments due", of: ({ backlog }) => backlog },
  { name: "latency ms", of: ({ latencyMs }) => latencyMs },
];

export function curveLines({ seconds }: Simulation, width = 60): string[] {
  const columns = columnsOf(seconds, width);
  const lines = curves.map(({ name, of }) => {
    const means = columns.map((column) => mean(column.map(of)));
    const most = Math.max(...means, 0);
    const marks = means.map((value) => blocks[most > 0 ? Math.ceil((value / most) * 8) : 0]);
    return `${name.padEnd(13)} ${marks.join("")} ${format(most)}`;
  });
  const brakes = columns.map((column) => letters[commonest(column.map(({ reason }) => reason))]);
  return [
    ...lines,
    `${"brake".padEnd(13)} ${brakes.join("")}`,
    "",
    "brakes: r rate · c capacity share · F shop full · s few seats · N no seats · p payments · l latency",
    "        w everybody who can be called · - nobody can.   Right of each curve: its highest mean of a column.",
  ];
}

function columnsOf(seconds: readonly Second[], width: number): Second[][] {
  const count = Math.min(width, seconds.length);
  return Array.from({ length: count }, (_, nth) =>
    seconds.slice(
      Math.floor((nth * seconds.length) / count),
      Math.floor(((nth + 1) * seconds.length) / count),
    ),
  );
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function commonest(reasons: readonly PaceReason[]): PaceReason {
  const counted = new Map<PaceReason, number>();
  for (const reason of reasons) counted.set(reason, (counted.get(reason) ?? 0) + 1);
  const [first] = [...counted].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "not-open";
}

const format = (value: number) => Math.round(value).toLocaleString("en");

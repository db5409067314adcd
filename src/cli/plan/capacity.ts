// How large an installation has to be: pure arithmetic on what is asked, what is assumed, and what the
// benchmarks measured. Keeps: a capacity is a measured figure or it is missing; nothing is made up. What
// one more process helps is counted in processes, what all of them share (a line lives on one shard) is
// a ceiling, told as a share of it.
// Read next: measured.ts (where figures come from), report.ts (words and table).

import { mostInOneProcess } from "../../gateway/limits.ts";

export type Ask = {
  fans: number;
  seats: number;
  /** In which the seats are to be sold. */
  minutes: number;
};

export type Assumptions = {
  /** In which the fans arrive. */
  arrivalMinutes: number;
  /** How long a fan without a stream waits between two questions, and how many have none (percent). */
  pollSeconds: number;
  pollPercent: number;
  /** Tries to hold for every seat that is sold, the refused ones included. */
  triesPerSeat: number;
  seatsPerOrder: number;
  /** What of a measured capacity may be used: the autoscaler's mark. */
  usePercent: number;
  /** Memory of a pod that streams may take. */
  podStreamMiB: number;
};

export const usualAssumptions: Assumptions = {
  arrivalMinutes: 1,
  pollSeconds: 20,
  pollPercent: 10,
  triesPerSeat: 10,
  seatsPerOrder: 2,
  usePercent: 60,
  podStreamMiB: 1_024,
};

export type Role = "gateway" | "box-office" | "worker" | "redis" | "postgres";
/** `each`: one process's part, more of them help; `ceiling`: all share it; `size`: need × figure bytes. */
export type Kind = "each" | "ceiling" | "size";
export type Source = { id: string; figure: string };

export type Figure = { value: number; file: string; at: string; machine: string };
export type Measured = (source: Source) => Figure | undefined;

export type RowName =
  | "joins"
  | "status"
  | "streams"
  | "line"
  | "holds"
  | "refusals"
  | "claims"
  | "orders"
  | "places"
  | "traffic";

type Demand = { name: RowName; role: Role; kind: Kind; need: number; source: Source };

export type Row = Demand & {
  figure?: Figure;
  /** Processes (`each`), share of the ceiling (`ceiling`), or bytes (`size`); nothing where unmeasured. */
  result?: number;
};

export type Plan = {
  ask: Ask;
  assumptions: Assumptions;
  rows: Row[];
  /** Of each role as many processes as its largest measured row needs. */
  processes: Partial<Record<Role, { count: number; because: RowName }>>;
  redisBytes: number | undefined;
  /** The fullest of the ceilings that were measured. */
  firstLimit: Row | undefined;
  missing: Row[];
};

export const sources: Record<RowName, Source> = {
  joins: { id: "p4", figure: "joins" },
  status: { id: "p2", figure: "gateway" },
  streams: { id: "p3", figure: "serverBytes" },
  line: { id: "redis-line", figure: "joins" },
  holds: { id: "p5-http", figure: "overHttp" },
  refusals: { id: "p5", figure: "refused" },
  claims: { id: "p6", figure: "granted" },
  orders: { id: "p7", figure: "orders" },
  places: { id: "redis-line", figure: "bytes" },
  traffic: { id: "p3", figure: "bytesPerStreamSec" },
};

export function planOf(ask: Ask, assumptions: Assumptions, measured: Measured): Plan {
  const rows = demandsOf(ask, assumptions).map((demand) => rowOf(demand, assumptions, measured));
  const processes: Plan["processes"] = {};
  for (const { kind, role, name, result } of rows) {
    if (kind !== "each" || result === undefined) continue;
    if (result > (processes[role]?.count ?? 0)) processes[role] = { count: result, because: name };
  }
  const [firstLimit] = rows
    .filter(({ kind, result }) => kind === "ceiling" && result !== undefined)
    .toSorted((a, b) => (b.result ?? 0) - (a.result ?? 0));
  return {
    ask,
    assumptions,
    rows,
    processes,
    redisBytes: rows.find(({ name }) => name === "places")?.result,
    firstLimit,
    missing: rows.filter(({ figure }) => figure === undefined),
  };
}

function demandsOf({ fans, seats, minutes }: Ask, assume: Assumptions): Demand[] {
  const joins = fans / (assume.arrivalMinutes * 60);
  const seatsPerSec = seats / (minutes * 60);
  const orders = seatsPerSec / assume.seatsPerOrder;
  // A fan holds all seats of an order at once, and is refused as a whole.
  const holds = orders * assume.triesPerSeat;
  const polls = (fans * assume.pollPercent) / 100 / assume.pollSeconds;
  const demand = (name: RowName, role: Role, kind: Kind, need: number): Demand => ({
    name,
    role,
    kind,
    need,
    source: sources[name],
  });
  return [
    demand("joins", "gateway", "each", joins),
    demand("status", "gateway", "each", polls),
    demand("streams", "gateway", "each", fans),
    demand("holds", "box-office", "each", holds),
    demand("orders", "worker", "each", orders),
    demand("line", "redis", "ceiling", joins),
    demand("refusals", "redis", "ceiling", holds),
    demand("claims", "postgres", "ceiling", orders),
    demand("places", "redis", "size", fans),
    demand("traffic", "gateway", "size", fans),
  ];
}

function rowOf(demand: Demand, assume: Assumptions, measured: Measured): Row {
  const figure = measured(demand.source);
  if (figure === undefined) return demand;
  return { ...demand, figure, result: resultOf(demand, figure.value, assume) };
}

function resultOf({ kind, name, need }: Demand, figure: number, assume: Assumptions): number {
  if (kind === "size") return need * figure;
  if (kind === "ceiling") return need / figure;
  if (name === "streams") {
    const fitting = (assume.podStreamMiB * 2 ** 20) / figure;
    return Math.ceil(need / Math.min(fitting, mostInOneProcess));
  }
  return Math.ceil(need / (figure * (assume.usePercent / 100)));
}

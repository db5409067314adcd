// The live stream of one on-sale, as signals: the last sample, the columns that the curves are drawn
// from, and how fresh they are. EventSource comes back by itself; while it cannot, the page says how
// old its numbers are instead of showing old ones as new.

import { signal, type Signal } from "@preact/signals";
import type { DeskEvents, DeskHistory, DeskSample } from "../../../wire/desk-contract.ts";
import { apiAddress } from "../../site-config.ts";
import { clockOffsetMs, reachable, session } from "../page.ts";

const keptSeconds = 1_800;
const reopenMs = 5_000;

export type SaleLive = {
  sample: Signal<DeskSample | undefined>;
  history: Signal<DeskHistory>;
  /** Our clock at the last message; undefined before the first. */
  heardAt: Signal<number | undefined>;
  close(): void;
};

const nothing: DeskHistory = {
  at: [],
  admittedPerSec: [],
  waiting: [],
  free: [],
  held: [],
  sold: [],
  active: [],
  ratePerSec: [],
  maxCapacity: [],
};

export function openSaleLive(onSaleId: string, onChanged: () => void): SaleLive {
  const sample = signal<DeskSample | undefined>(undefined);
  const history = signal<DeskHistory>(nothing);
  const heardAt = signal<number | undefined>(undefined);
  let source: EventSource;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let version: number | undefined;

  const hears = {
    history: (columns) => {
      history.value = columns;
    },
    live: (next) => {
      clockOffsetMs.value = next.at - Date.now();
      sample.value = next;
      history.value = extended(history.value, next);
      if (version !== undefined && version !== next.version) onChanged();
      version = next.version;
    },
    changed: onChanged,
    "signed-out": () => {
      session.value = { kind: "out", ended: true };
    },
    // The server goes away and said so: EventSource comes back by itself.
    reconnect: () => {},
  } satisfies { [Name in keyof DeskEvents]: (payload: DeskEvents[Name]) => void };

  const open = () => {
    source = new EventSource(apiAddress("deskOnSaleLive", { onSaleId }));
    for (const [name, hear] of Object.entries(hears)) {
      source.addEventListener(name, (event) => {
        heardAt.value = Date.now();
        reachable.value = true;
        (hear as (payload: unknown) => void)(JSON.parse((event as MessageEvent<string>).data));
      });
    }
    source.onerror = () => {
      // Asked once by an ordinary call, which finds out why: offline, or the session has ended.
      onChanged();
      if (source.readyState === EventSource.CLOSED) reopening = setTimeout(open, reopenMs);
    };
  };
  open();
  return {
    sample,
    history,
    heardAt,
    close: () => {
      clearTimeout(reopening);
      source.close();
    },
  };
}

function extended(history: DeskHistory, sample: DeskSample): DeskHistory {
  if ((history.at.at(-1) ?? 0) >= sample.at) return history;
  const { line, seats } = sample;
  const push = <T>(column: T[], value: T): T[] => [...column.slice(1 - keptSeconds), value];
  return {
    at: push(history.at, sample.at),
    admittedPerSec: push(history.admittedPerSec, sample.admittedPerSec ?? null),
    waiting: push(history.waiting, line.waiting),
    free: push(history.free, seats.free),
    held: push(history.held, seats.held + seats.paying),
    sold: push(history.sold, seats.sold),
    active: push(history.active, line.turns + line.shoppers),
    ratePerSec: push(history.ratePerSec, sample.ratePerSec),
    maxCapacity: push(history.maxCapacity, sample.maxCapacity),
  };
}

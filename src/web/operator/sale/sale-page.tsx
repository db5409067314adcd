// One on-sale on one screen: its phase and countdown, six numbers, why the pace is what it is, the
// five health points, the curves, the controls. Read next: live.ts, controls.tsx, curves.tsx.

import { useEffect, useState } from "preact/hooks";
import type { DeskSale, DeskSaleRow, DeskSample } from "../../../wire/desk-contract.ts";
import { pathTo } from "../../../wire/routes.ts";
import { formatDateTime } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { Way } from "../frame.tsx";
import { locale, words } from "../page.ts";
import { HealthPoints } from "../parts/health-points.tsx";
import { count, rate } from "../parts/numbers.ts";
import { Countdown, PhaseBadge } from "../parts/phase.tsx";
import { SeatBar } from "../parts/seat-bar.tsx";
import { Loading, Nothing, Settled } from "../parts/states.tsx";
import { useLoaded, useNow } from "../use.ts";
import { Controls } from "./controls.tsx";
import { Curves } from "./curves.tsx";
import { PresaleCodes } from "./presale-codes.tsx";
import { openSaleLive, type SaleLive } from "./live.ts";

export function SalePage({ id }: { id: string }) {
  const [loaded, again] = useLoaded<DeskSaleRow>(
    () => call("deskOnSale", { params: { onSaleId: id } }),
    id,
  );
  const [changed, setChanged] = useState<DeskSaleRow | undefined>(undefined);
  const [live, setLive] = useState<SaleLive | undefined>(undefined);
  useEffect(() => {
    const opened = openSaleLive(id, again);
    setLive(opened);
    return () => opened.close();
  }, [id]);
  const onChanged = (row?: DeskSaleRow) => {
    if (row !== undefined) setChanged(row);
    again();
  };
  if (loaded.kind === "problem" && loaded.problem.code === "not-found") {
    return <Nothing title={words.value.state.notFound} />;
  }
  return (
    <Settled loaded={loaded} again={again}>
      {(row) => {
        const newest = newer(changed?.sale, row.sale);
        const sample = live?.sample.value ?? row.live;
        return <Sale sale={newest} sample={sample} live={live} onChanged={onChanged} />;
      }}
    </Settled>
  );
}

/** What an action answered is on screen before the page has read again, and stays until it has. */
function newer(answered: DeskSale | undefined, read: DeskSale): DeskSale {
  const isNewer = answered?.onSaleId === read.onSaleId && answered.version > read.version;
  return isNewer ? answered : read;
}

type SaleProps = {
  sale: DeskSale;
  sample: DeskSample | undefined;
  live: SaleLive | undefined;
  onChanged: (row?: DeskSaleRow) => void;
};

function Sale({ sale, sample, live, onChanged }: SaleProps) {
  const { performance } = sale;
  return (
    <div class="sale">
      <header class="sale-head">
        <div>
          <h1>{performance.name[locale.value]}</h1>
          <p class="soft">
            {performance.venue[locale.value]} ·{" "}
            {formatDateTime(performance.startsAt, locale.value, performance.timeZone)} ·{" "}
            <a
              href={pathTo("waitingPage", { onSaleId: sale.onSaleId })}
              target="_blank"
              rel="noreferrer"
            >
              {pathTo("waitingPage", { onSaleId: sale.onSaleId }).slice(0, 10)}…
            </a>
          </p>
        </div>
        <div class="sale-now">
          <PhaseBadge {...sale} />
          <Countdown sale={sale} />
          <Freshness live={live} />
        </div>
      </header>
      {sample === undefined ? (
        <Numberless live={live} />
      ) : (
        <>
          <Tiles sample={sample} seatCount={performance.seatCount} />
          <HealthPoints points={sample.health} />
        </>
      )}
      <div class="sale-parts">
        {sample !== undefined && live !== undefined && (
          <Curves history={live.history.value} sample={sample} />
        )}
        <Controls sale={sale} onChanged={onChanged} />
      </div>
      {sale.settings.joinProof === "presale-code" && <PresaleCodes onSaleId={sale.onSaleId} />}
      <p class="soft">
        <Way path={`cancel/${performance.performanceId}`}>{words.value.cancelling.link}</Way>
      </p>
    </div>
  );
}

function Numberless({ live }: { live: SaleLive | undefined }) {
  return live === undefined ? <Loading /> : <Nothing title={words.value.state.noNumbers} />;
}

function Tiles({ sample, seatCount }: { sample: DeskSample; seatCount: number }) {
  const t = words.value.number;
  const { line, seats } = sample;
  const inside = line.turns + line.shoppers;
  const orders = Object.entries(sample.orders)
    .filter(([state]) => !["confirmed", "cancelled", "refunded", "draft"].includes(state))
    .reduce((sum, [, many]) => sum + many, 0);
  const more: [string, number | undefined][] = [
    [t.joined, line.joined],
    [t.serving, sample.serving],
    [t.turns, line.turns],
    [t.orders, orders],
    [t.streams, sample.streams],
  ];
  return (
    <section class="numbers">
      <dl class="tiles">
        <Tile name={t.waiting} value={count(line.waiting)} under={t.waitingHint} lead />
        <Tile
          name={t.admitted}
          value={rate(sample.admittedPerSec)}
          under={t.admittedOf(sample.ratePerSec)}
        />
        <Tile name={t.shop} value={count(inside)} under={t.shopOf(sample.maxCapacity)}>
          <meter min={0} max={sample.maxCapacity} value={inside} />
        </Tile>
        <Tile name={t.free} value={count(seats.free)} under={t.total(seatCount)} />
        <Tile name={t.held} value={count(seats.held + seats.paying)} />
        <Tile name={t.sold} value={count(seats.sold)} />
      </dl>
      <SeatBar seats={seats} />
      <p class="why">
        <span class="faint">{words.value.paceBy}</span>{" "}
        {words.value.reason[sample.pace?.reason ?? fallbackReason(sample)]}
      </p>
      <dl class="more">
        {more.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Where another process leads the line, only the phase is known for sure. */
function fallbackReason({ phase, paused }: DeskSample) {
  if (phase !== "open") return "not-open";
  return paused ? "paused" : "rate";
}

type TileProps = {
  name: string;
  value: string;
  under?: string;
  lead?: boolean;
  children?: preact.ComponentChildren;
};

function Tile({ name, value, under, lead, children }: TileProps) {
  return (
    <div class={lead ? "tile lead" : "tile"}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {under !== undefined && <small>{under}</small>}
        {children}
      </dd>
    </div>
  );
}

const staleMs = 4_000;

function Freshness({ live }: { live: SaleLive | undefined }) {
  const t = words.value.state;
  useNow();
  const heardAt = live?.heardAt.value;
  if (heardAt === undefined) return <span class="fresh">{t.connecting}</span>;
  const age = Date.now() - heardAt;
  return age < staleMs ? (
    <span class="fresh live">{t.live}</span>
  ) : (
    <span class="fresh old" role="status">
      {t.stale(Math.round(age / 1_000))}
    </span>
  );
}

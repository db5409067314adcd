// Every on-sale at a glance: phase, countdown, the line, the pace, the seats, the health as shapes.
// Running ones come first; ended ones are folded away.

import type { DeskSaleList, DeskSaleRow, HealthView } from "../../../wire/desk-contract.ts";
import { formatDateTime } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { Way } from "../frame.tsx";
import { locale, mayAct, words } from "../page.ts";
import { HealthPoints, HealthShapes } from "../parts/health-points.tsx";
import { count, rate } from "../parts/numbers.ts";
import { Countdown, PhaseBadge } from "../parts/phase.tsx";
import { SeatBar } from "../parts/seat-bar.tsx";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

const everyMs = 2_000;

export function Overview() {
  const t = words.value.overview;
  const [loaded, again] = useLoaded<DeskSaleList>(() => call("deskOnSales"), "overview", everyMs);
  const [health] = useLoaded<HealthView>(() => call("deskHealth"), "overview", everyMs);
  return (
    <>
      <header class="view-head">
        <h1>{t.title}</h1>
        {mayAct.value && (
          <Way path="new" class="button">
            {words.value.nav.create}
          </Way>
        )}
      </header>
      <Settled loaded={loaded} again={again}>
        {({ rows }) => <Rows rows={rows} />}
      </Settled>
      {health.kind === "ready" && (
        <section class="whole" aria-labelledby="whole-title">
          <h2 id="whole-title">
            <Way path="health">
              {words.value.health.title} · {words.value.health.status[health.body.status]}
            </Way>
          </h2>
          <HealthPoints points={health.body.points} />
        </section>
      )}
    </>
  );
}

const order = { open: 0, "pre-queue": 1, scheduled: 2, "sold-out": 3, closed: 3 } as const;

function Rows({ rows }: { rows: DeskSaleRow[] }) {
  const t = words.value.overview;
  if (rows.length === 0) {
    return (
      <Nothing title={t.empty} next={t.emptyNext}>
        {mayAct.value && (
          <Way path="new" class="button primary">
            {words.value.nav.create}
          </Way>
        )}
      </Nothing>
    );
  }
  const sorted = rows.toSorted(
    (a, b) => order[a.sale.phase] - order[b.sale.phase] || a.sale.opensAt - b.sale.opensAt,
  );
  const running = sorted.filter(({ sale }) => order[sale.phase] < 3);
  const over = sorted.filter(({ sale }) => order[sale.phase] === 3);
  return (
    <>
      <ul class="sales">
        {running.map((row) => (
          <SaleRow key={row.sale.onSaleId} {...row} />
        ))}
      </ul>
      {over.length > 0 && (
        <details class="over" open={running.length === 0}>
          <summary>
            {t.over} <span class="faint">{count(over.length)}</span>
          </summary>
          <ul class="sales">
            {over.map((row) => (
              <SaleRow key={row.sale.onSaleId} {...row} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function SaleRow({ sale, live }: DeskSaleRow) {
  const t = words.value.number;
  const { performance } = sale;
  return (
    <li>
      <Way path={`on-sales/${sale.onSaleId}`} class="sale-row">
        <span class="who">
          <PhaseBadge {...sale} />
          <b>{performance.name[locale.value]}</b>
          <span class="faint">
            {performance.venue[locale.value]} ·{" "}
            {formatDateTime(performance.startsAt, locale.value, performance.timeZone)}
          </span>
          <Countdown sale={sale} />
        </span>
        {live === undefined ? (
          <span class="faint">{words.value.state.noNumbers}</span>
        ) : (
          <>
            <span class="figures">
              <Figure name={t.waiting} value={count(live.line.waiting)} />
              <Figure name={t.admitted} value={rate(live.admittedPerSec)} />
              <Figure name={t.shop} value={count(live.line.turns + live.line.shoppers)} />
              <Figure name={t.free} value={count(live.seats.free)} />
              <Figure name={t.sold} value={count(live.seats.sold)} />
            </span>
            <span class="row-foot">
              <SeatBar seats={live.seats} />
              <HealthShapes points={live.health} />
            </span>
          </>
        )}
      </Way>
    </li>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <span class="figure">
      <small>{name}</small>
      <b>{value}</b>
    </span>
  );
}

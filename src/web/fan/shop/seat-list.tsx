// The map's twin in words: sections, then the seats of one section as a grid of rows. One tab stop;
// arrow keys walk, Home and End go to the ends of a row, Enter or space chooses. It draws from the
// same signals as the map, so both always agree. Names are whole: "101구역 5열 12번, S석, ₩132,000, 선택 가능".

import { useEffect, useRef, useState } from "preact/hooks";
import { addSection, type PlanRow, type PlanSection } from "../seat-map/seat-plan.ts";
import { isFree, recount, seatLook } from "../seat-map/availability.ts";
import { flagWords, stateWords } from "./map-view.tsx";
import {
  follow,
  categoryAt,
  categoryOfSeat,
  count,
  fetchSection,
  money,
  nameOfSeat,
  type Shop,
  toggleSeat,
} from "./shop.ts";

export function SeatList({ shop }: { shop: Shop }) {
  const [open, setOpen] = useState<PlanSection | undefined>(undefined);
  if (open) return <SectionGrid shop={shop} section={open} close={() => setOpen(undefined)} />;
  return <SectionList shop={shop} open={setOpen} />;
}

function SectionList({ shop, open }: { shop: Shop; open(section: PlanSection): void }) {
  follow(shop.seatsTick);
  const hidden = shop.hidden.value;
  const sections = shop.plan.sections
    .filter((section) => section.categories.some((category) => !hidden.has(category)))
    .map((section) => ({ section, free: shop.seats.freeBySection[section.number] ?? 0 }));
  return (
    <section class="list" aria-labelledby="list-title">
      <h2 id="list-title" class="seen-by-readers-only">
        {shop.words.list.title}
      </h2>
      <ul class="sections">
        {sections.map(({ section, free }) => (
          <li key={section.key}>
            <button
              type="button"
              class="section-row"
              disabled={free === 0}
              onClick={() =>
                section.kind === "standing" ? (shop.standingOpen.value = section) : open(section)
              }
            >
              <Swatch shop={shop} category={section.categories[0] ?? 0} />
              <span class="section-name">{section.name[shop.locale]}</span>
              <span class="soft">{lowestPrice(shop, section)}</span>
              <span class="section-left">
                {free === 0 ? shop.words.none : shop.words.list.free(count(shop, free))}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function lowestPrice(shop: Shop, section: PlanSection): string {
  const prices = section.categories
    .map((category) => categoryAt(shop, category)?.price.amount)
    .filter((price) => price !== undefined);
  if (prices.length === 0) return "";
  const lowest = money(shop, Math.min(...prices));
  return prices.length > 1 ? shop.words.list.from(lowest) : lowest;
}

/** The category's colour as a dot; set through the DOM, because the page allows no inline style. */
export function Swatch({ shop, category }: { shop: Shop; category: number }) {
  const dot = useRef<HTMLSpanElement>(null);
  const colour = shop.plan.overview.categories[category]?.color;
  useEffect(() => {
    if (dot.current && colour) dot.current.style.setProperty("--category", colour);
  }, [colour]);
  return <span class="swatch" ref={dot} aria-hidden="true" />;
}

function SectionGrid(parts: { shop: Shop; section: PlanSection; close(): void }) {
  const { shop, section, close } = parts;
  follow(shop.planTick);
  follow(shop.seatsTick);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    if (section.loaded) return;
    void fetchSection(shop, section.number)
      .then((seats) => {
        addSection(shop.plan, seats);
        recount(shop.seats);
        shop.planTick.value++;
      })
      .catch(close);
  }, [section]);
  return (
    <section class="list" aria-labelledby="grid-title">
      <div class="grid-head">
        <button type="button" class="button plain" onClick={close}>
          ← {shop.words.list.back}
        </button>
        <h2 id="grid-title" tabIndex={-1} ref={title}>
          {section.name[shop.locale]}
        </h2>
        <p class="faint">{shop.words.list.help}</p>
      </div>
      {section.loaded ? (
        <Grid shop={shop} section={section} rows={section.loaded.rows} />
      ) : (
        <p role="status">{shop.words.list.loading}</p>
      )}
    </section>
  );
}

function Grid({
  shop,
  section,
  rows,
}: {
  shop: Shop;
  section: PlanSection;
  rows: readonly PlanRow[];
}) {
  const [at, moveTo] = useState(() => firstFree(shop, section));
  const grid = useRef<HTMLDivElement>(null);
  const walk = (happening: KeyboardEvent) => {
    const next = stepFrom(rows, at, happening.key);
    if (next === undefined) return;
    happening.preventDefault();
    moveTo(next);
    grid.current?.querySelector<HTMLElement>(`[data-seat="${next}"]`)?.focus();
  };
  return (
    <div class="seat-grid" role="grid" ref={grid} onKeyDown={walk}>
      {rows.map((row) => (
        <div role="row" class="seat-row" key={row.first}>
          <span role="rowheader" class="row-name">
            {shop.words.rowName(row.label)}
          </span>
          {Array.from({ length: row.count }, (_, i) => row.first + i).map((seat) => (
            <SeatCell key={seat} shop={shop} seat={seat} stop={seat === at} arrive={moveTo} />
          ))}
        </div>
      ))}
    </div>
  );
}

function SeatCell(parts: { shop: Shop; seat: number; stop: boolean; arrive(seat: number): void }) {
  const { shop, seat, stop, arrive } = parts;
  const look = shop.seats.looks[seat] ?? 0;
  const chosen = look === seatLook.chosen;
  const able = chosen || isFree(shop.seats, seat);
  const gap = shop.plan.apart[seat] ? " after-gap" : "";
  return (
    <span role="gridcell" class={`seat-cell${gap}`} aria-selected={chosen}>
      <button
        type="button"
        class={`seat look-${look}`}
        data-seat={seat}
        tabIndex={stop ? 0 : -1}
        aria-disabled={!able}
        aria-pressed={chosen}
        aria-label={wholeName(shop, seat)}
        onFocus={() => arrive(seat)}
        onClick={() => able && toggleSeat(shop, seat)}
      >
        {labelOf(shop, seat)}
      </button>
    </span>
  );
}

function labelOf(shop: Shop, seat: number): string {
  const section = shop.plan.sections.findLast(({ first }) => first <= seat);
  return section?.loaded?.labels[seat - section.first] ?? "";
}

export function wholeName(shop: Shop, seat: number): string {
  const category = categoryOfSeat(shop, seat);
  const look = shop.seats.looks[seat] ?? 0;
  const { states } = shop.words;
  const state =
    look === seatLook.own
      ? states.own
      : look === seatLook.chosen
        ? states.chosen
        : stateWords(shop, look);
  return [
    nameOfSeat(shop, seat),
    ...(category ? [category.name[shop.locale], money(shop, category.price.amount)] : []),
    ...flagWords(shop, seat),
    state,
  ].join(", ");
}

function firstFree(shop: Shop, section: PlanSection): number {
  for (let n = section.first; n < section.first + section.count; n++) {
    if (isFree(shop.seats, n)) return n;
  }
  return section.first;
}

/** Up and down keep the place in the row as far as the other row has it. */
export function stepFrom(rows: readonly PlanRow[], at: number, key: string): number | undefined {
  const r = rows.findIndex((row) => at >= row.first && at < row.first + row.count);
  const row = rows[r];
  if (!row) return undefined;
  const last = row.first + row.count - 1;
  if (key === "ArrowRight") return Math.min(at + 1, last);
  if (key === "ArrowLeft") return Math.max(at - 1, row.first);
  if (key === "Home") return row.first;
  if (key === "End") return last;
  const other = key === "ArrowDown" ? rows[r + 1] : key === "ArrowUp" ? rows[r - 1] : undefined;
  if (!other) return key === "ArrowDown" || key === "ArrowUp" ? at : undefined;
  const share = row.count > 1 ? (at - row.first) / (row.count - 1) : 0;
  return other.first + Math.round(share * (other.count - 1));
}

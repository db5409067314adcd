// Beside the map: legend with prices, best available, what is chosen with its whole price, and the
// one button that holds it. The price is complete from the first seat on.

import { useState } from "preact/hooks";
import { holdBest, holdChosen } from "./holding.ts";
import { orphansOf } from "../seat-map/near-seats.ts";
import { HeldSummary } from "./held-summary.tsx";
import { Sign } from "./map-view.tsx";
import { Notices } from "./notices.tsx";
import { Swatch } from "./seat-list.tsx";
import {
  follow,
  categoryAt,
  categoryOfSeat,
  choose,
  count,
  limitOf,
  money,
  nameOfSeat,
  roomLeft,
  setStanding,
  type Shop,
  toggleCategory,
  wishOf,
} from "./shop.ts";

export function ChoicePanel({ shop }: { shop: Shop }) {
  return (
    <aside class="panel">
      <div class="panel-scroll">
        <Legend shop={shop} />
        <BestAvailable shop={shop} />
        <Notices shop={shop} />
        {shop.hold.value ? <HeldSummary shop={shop} hold={shop.hold.value} /> : null}
        <Choice shop={shop} />
        <SeatKey shop={shop} />
      </div>
      <HoldButton shop={shop} />
    </aside>
  );
}

function Legend({ shop }: { shop: Shop }) {
  follow(shop.seatsTick);
  follow(shop.planTick);
  const hidden = shop.hidden.value;
  const known = shop.seats.version >= 0;
  return (
    <section class="legend" aria-label={shop.words.prices}>
      {shop.plan.overview.categories.map((category, position) => {
        const sold = categoryAt(shop, position);
        const free = shop.seats.freeByCategory[position] ?? 0;
        if (!sold) return null;
        const name = category.name[shop.locale];
        return (
          <button
            key={category.key}
            type="button"
            class="legend-entry"
            aria-pressed={!hidden.has(position)}
            title={shop.words.onlyThis(name)}
            onClick={() => toggleCategory(shop, position)}
          >
            <Swatch shop={shop} category={position} />
            <span class="legend-name">{name}</span>
            <span class="legend-price">{money(shop, sold.price.amount)}</span>
            <span class="legend-left faint">
              {!known ? "" : free === 0 ? shop.words.none : shop.words.left(count(shop, free))}
            </span>
          </button>
        );
      })}
    </section>
  );
}

function BestAvailable({ shop }: { shop: Shop }) {
  const { best } = shop.words;
  const [wished, wish] = useState(2);
  const [category, setCategory] = useState("");
  const room = roomLeft(shop) + shop.chosen.value.length;
  const places = Math.max(1, Math.min(wished, room));
  if (room === 0) return null;
  return (
    <section class="best" aria-labelledby="best-title">
      <h2 id="best-title">{best.title}</h2>
      <p class="faint best-hint">{best.hint}</p>
      <form
        class="best-row"
        onSubmit={(happening) => {
          happening.preventDefault();
          void holdBest(shop, places, category || undefined);
        }}
      >
        <Stepper shop={shop} value={places} most={room} change={wish} label={best.count} />
        <label class="seen-by-readers-only" for="best-category">
          {best.category}
        </label>
        <select
          id="best-category"
          class="field"
          value={category}
          onChange={(happening) => setCategory(happening.currentTarget.value)}
        >
          <option value="">{best.any}</option>
          {shop.onSale.value.categories.map(({ key, name }) => (
            <option key={key} value={key}>
              {name[shop.locale]}
            </option>
          ))}
        </select>
        <button type="submit" class="button" disabled={!!shop.busy.value || !mayHold(shop)}>
          {best.take}
        </button>
      </form>
    </section>
  );
}

export function Stepper(parts: {
  shop: Shop;
  value: number;
  most: number;
  least?: number;
  label: string;
  change(value: number): void;
}) {
  const { shop, value, most, least = 1, label, change } = parts;
  return (
    <div class="stepper" role="group" aria-label={label}>
      <button
        type="button"
        aria-label={shop.words.best.fewer}
        disabled={value <= least}
        onClick={() => change(value - 1)}
      >
        <Sign d="M6 12h12" />
      </button>
      <output aria-live="polite">{count(shop, value)}</output>
      <button
        type="button"
        aria-label={shop.words.best.more}
        disabled={value >= most}
        onClick={() => change(value + 1)}
      >
        <Sign d="M6 12h12M12 6v12" />
      </button>
    </div>
  );
}

function Choice({ shop }: { shop: Shop }) {
  const { choice } = shop.words;
  const chosen = shop.chosen.value;
  const standing = [...shop.standing.value];
  if (chosen.length + standing.length === 0) {
    if (shop.hold.value) return null;
    return (
      <section class="choice empty">
        <p>{choice.empty}</p>
        <p class="faint">{choice.limit(count(shop, limitOf(shop)))}</p>
      </section>
    );
  }
  return (
    <section class="choice" aria-labelledby="choice-title">
      <h2 id="choice-title">{choice.title}</h2>
      <ul class="tickets-list">
        {chosen.map((seat) => (
          <Line
            key={seat}
            shop={shop}
            seat={seat}
            name={nameOfSeat(shop, seat)}
            price={categoryOfSeat(shop, seat)?.price.amount ?? 0}
            drop={() =>
              choose(
                shop,
                chosen.filter((n) => n !== seat),
              )
            }
          />
        ))}
        {standing.map(([section, wished]) => {
          const place = shop.plan.sections[section];
          const price = categoryOfSeat(shop, place?.first ?? 0)?.price.amount ?? 0;
          const name = `${place?.name[shop.locale] ?? ""} × ${count(shop, wished)}`;
          return (
            <Line
              key={`area${section}`}
              shop={shop}
              seat={place?.first ?? 0}
              name={name}
              price={price * wished}
              drop={() => setStanding(shop, section, 0)}
            />
          );
        })}
      </ul>
      <Orphans shop={shop} />
    </section>
  );
}

function Line(parts: { shop: Shop; seat: number; name: string; price: number; drop(): void }) {
  const { shop, seat, name, price, drop } = parts;
  const category = categoryOfSeat(shop, seat);
  const position = shop.plan.overview.categories.findIndex(({ key }) => key === category?.key);
  return (
    <li class="seat-line">
      <Swatch shop={shop} category={position} />
      <span class="seat-line-name">
        <strong>{name}</strong>
        <span class="faint">{category?.name[shop.locale]}</span>
      </span>
      <span class="seat-line-price">{money(shop, price)}</span>
      <button type="button" class="drop" aria-label={shop.words.choice.drop(name)} onClick={drop}>
        <Sign d="M7 7l10 10M17 7L7 17" />
      </button>
    </li>
  );
}

function Orphans({ shop }: { shop: Shop }) {
  follow(shop.seatsTick);
  const [orphan] = orphansOf(shop.seats, shop.chosen.value);
  if (orphan === undefined) return null;
  return <p class="advice">{shop.words.choice.orphan(nameOfSeat(shop, orphan))}</p>;
}

function mayHold(shop: Shop): boolean {
  const { phase, paused } = shop.onSale.value;
  return phase === "open" && !paused;
}

function HoldButton({ shop }: { shop: Shop }) {
  const { choice, held } = shop.words;
  const { count: places, amount } = wishOf(shop);
  const hold = shop.hold.value;
  if (places === 0 && hold) {
    return (
      <div class="panel-foot">
        <button
          type="button"
          class="button primary wide"
          onClick={() => {
            shop.view.value = "pay";
          }}
        >
          {held.pay} · {money(shop, hold.total.amount)}
        </button>
      </div>
    );
  }
  const words = places === 0 ? choice.holdNone : hold ? choice.add : choice.hold;
  return (
    <div class="panel-foot">
      {places > 0 ? (
        <p class="total">
          <span>
            {choice.total}
            <span class="faint"> {choice.feesNone}</span>
          </span>
          <strong>{money(shop, amount)}</strong>
        </p>
      ) : null}
      <button
        type="button"
        class="button primary wide"
        disabled={places === 0 || !!shop.busy.value || !mayHold(shop)}
        onClick={() => void holdChosen(shop)}
      >
        {shop.busy.value === "holding"
          ? choice.holding
          : typeof words === "string"
            ? words
            : words(count(shop, places))}
      </button>
    </div>
  );
}

function SeatKey({ shop }: { shop: Shop }) {
  const { states, keyTitle, accessible, obstructed } = shop.words;
  const entries: [string, string][] = [
    ["free", states.free],
    ["held", states.held],
    ["sold", states.sold],
    ["own", states.chosen],
    ["wheels", accessible],
    ["slit", obstructed],
  ];
  return (
    <section class="seat-key" aria-label={keyTitle}>
      {entries.map(([look, words]) => (
        <span key={look}>
          <i class={`key-${look}`} aria-hidden="true" />
          {words}
        </span>
      ))}
    </section>
  );
}

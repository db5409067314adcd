// Beside the map: legend with prices, best available, what is chosen with its whole price, and the
// one button that holds it. The price is complete from the first seat on.

import { orphansOf } from "../../seat-map/near-seats.ts";
import { HeldSummary } from "../held-summary.tsx";
import { holdChosen } from "../holding.ts";
import { Sign } from "../map-view.tsx";
import { Notices } from "../notices.tsx";
import { Swatch } from "../seat-list.tsx";
import {
  categoryAt,
  categoryOfSeat,
  choose,
  count,
  follow,
  limitOf,
  mayHold,
  money,
  nameOfSeat,
  setStanding,
  type Shop,
  toggleCategory,
  wishOf,
} from "../shop.ts";
import { BestAvailable } from "./best-available.tsx";

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

// For whoever wants good seats more than certain ones: how many, of which price, and they are held.

import { useState } from "preact/hooks";
import { holdBest } from "../holding.ts";
import { Sign } from "../map-view.tsx";
import { count, mayHold, roomLeft, type Shop } from "../shop.ts";

export function BestAvailable({ shop }: { shop: Shop }) {
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

// A standing area has no seats to point at: how many places, and the price of that many.

import { useEffect, useRef, useState } from "preact/hooks";
import type { PlanSection } from "../seat-map/seat-plan.ts";
import { Stepper } from "./panel/best-available.tsx";
import { follow, categoryOfSeat, count, money, roomLeft, setStanding, type Shop } from "./shop.ts";

export function StandingDialog({ shop }: { shop: Shop }) {
  const section = shop.standingOpen.value;
  return section ? <Open key={section.key} shop={shop} section={section} /> : null;
}

function Open({ shop, section }: { shop: Shop; section: PlanSection }) {
  follow(shop.seatsTick);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const already = shop.standing.value.get(section.number) ?? 0;
  const free = shop.seats.freeBySection[section.number] ?? 0;
  const most = Math.min(free, roomLeft(shop) + already);
  const [wished, wish] = useState(Math.min(Math.max(1, already), Math.max(1, most)));
  const { standing } = shop.words;
  const price = categoryOfSeat(shop, section.first)?.price.amount ?? 0;
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="standing-title"
      onClose={() => {
        shop.standingOpen.value = undefined;
      }}
    >
      <h2 id="standing-title">{standing.title(section.name[shop.locale])}</h2>
      <p class="soft">{most > 0 ? standing.about(count(shop, free)) : standing.gone}</p>
      {most > 0 ? (
        <div class="standing-row">
          <Stepper
            shop={shop}
            value={wished}
            most={most}
            change={wish}
            label={shop.words.best.count}
          />
          <strong class="standing-price">{money(shop, price * wished)}</strong>
        </div>
      ) : null}
      <div class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          {standing.close}
        </button>
        {most > 0 ? (
          <button
            type="button"
            class="button primary"
            onClick={() => {
              setStanding(shop, section.number, wished);
              close();
            }}
          >
            {already > 0 ? standing.change : standing.add}
          </button>
        ) : null}
      </div>
    </dialog>
  );
}

// The drawn map inside the page: mounts the drawing once, hands it every change, and shows the small
// card of the seat under the pointer. For readers it is one picture with a way to the list.

import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { recount, seatState } from "../seat-map/availability.ts";
import type { MapWords } from "../seat-map/drawing/label-layer.ts";
import { seatMap, type SeatMap } from "../seat-map/seat-map.ts";
import type { PlanSection } from "../seat-map/seat-plan.ts";
import { readHold } from "./holding.ts";
import {
  follow,
  categoryOfSeat,
  count,
  fetchSection,
  money,
  nameOfSeat,
  type Shop,
  shownCategories,
  toggleSeat,
} from "./shop.ts";

export function mapWordsOf(shop: Shop): MapWords {
  const { words, locale } = shop;
  return { language: locale, left: (n) => words.left(count(shop, n)), none: words.none };
}

type Pointed = { seat: number; x: number; y: number } | undefined;

export function MapView({ shop }: { shop: Shop }) {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SeatMap>(undefined);
  const [pointed, point] = useState<Pointed>(undefined);
  const [atFit, setAtFit] = useState(true);
  const [section, setSection] = useState<PlanSection | undefined>(undefined);
  useEffect(() => {
    if (!host.current) return;
    const map = mount(shop, host.current, { point, setAtFit, setSection });
    drawing.current = map;
    const off = connect(shop, map);
    return () => {
      off();
      map.dispose();
    };
  }, [shop]);
  const { zoom, mapHint } = shop.words;
  return (
    <section class="map" aria-label={zoom.map}>
      <div class="map-ground" ref={host} />
      {atFit ? <p class="map-hint">{mapHint}</p> : null}
      {section ? <p class="map-section">{section.name[shop.locale]}</p> : null}
      <div class="map-buttons">
        <button type="button" aria-label={zoom.in} onClick={() => drawing.current?.zoomBy(1.8)}>
          <Sign d="M5 12h14M12 5v14" />
        </button>
        <button
          type="button"
          aria-label={zoom.out}
          disabled={atFit}
          onClick={() => drawing.current?.zoomBy(1 / 1.8)}
        >
          <Sign d="M5 12h14" />
        </button>
        <button
          type="button"
          aria-label={zoom.all}
          disabled={atFit}
          onClick={() => drawing.current?.fitAll()}
        >
          <Sign d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
        </button>
      </div>
      {pointed ? <SeatCard shop={shop} pointed={pointed} /> : null}
    </section>
  );
}

export function Sign({ d }: { d: string }) {
  return (
    <svg class="sign" viewBox="0 0 24 24" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

function mount(
  shop: Shop,
  host: HTMLElement,
  tell: {
    point(pointed: Pointed): void;
    setAtFit(is: boolean): void;
    setSection(section: PlanSection | undefined): void;
  },
): SeatMap {
  let showing: number | undefined;
  return seatMap(host, {
    seats: shop.seats,
    words: mapWordsOf(shop),
    fetchSection: (section) => fetchSection(shop, section),
    tapSeat: (seat) => toggleSeat(shop, seat),
    tapStanding(section) {
      shop.standingOpen.value = section;
    },
    sectionArrived() {
      recount(shop.seats);
      shop.planTick.value++;
    },
    pointAt(seat, at) {
      if (seat === undefined && showing === undefined) return;
      showing = seat;
      tell.point(seat === undefined ? undefined : { seat, x: at.x, y: at.y });
    },
    cameraMoved({ atFit, section }) {
      tell.setAtFit(atFit);
      tell.setSection(section);
    },
    canvasOnly: new URLSearchParams(location.search).has("canvas"),
  });
}

/** Every signal that the drawing shows, each to its own setter. */
function connect(shop: Shop, map: SeatMap): () => void {
  const offs = [
    effect(() => {
      follow(shop.seatsTick);
      map.seatsChanged();
    }),
    effect(() => map.setShown(shownCategories(shop))),
    effect(() => {
      const held = shop.hold.value?.seats.map(({ seat }) => seat) ?? [];
      map.need(
        shop.plan.sections
          .filter(({ first, count: n }) => held.some((seat) => seat >= first && seat < first + n))
          .map(({ number }) => number),
      );
    }),
  ];
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => map.readLookAgain();
  scheme.addEventListener("change", repaint);
  const online = () => void (shop.hold.value ? readHold(shop) : undefined);
  window.addEventListener("online", online);
  return () => {
    for (const off of offs) off();
    scheme.removeEventListener("change", repaint);
    window.removeEventListener("online", online);
  };
}

function SeatCard({ shop, pointed }: { shop: Shop; pointed: NonNullable<Pointed> }) {
  follow(shop.seatsTick);
  const { seat, x, y } = pointed;
  const category = categoryOfSeat(shop, seat);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const card = place.current;
    const room = card?.parentElement;
    if (!card || !room) return;
    const left = Math.min(room.clientWidth - card.offsetWidth - 8, Math.max(8, x + 16));
    const above = y - card.offsetHeight - 14;
    card.style.transform = `translate(${left}px, ${above < 8 ? y + 22 : above}px)`;
  });
  const own = shop.seats.own.has(seat);
  const chosen = shop.chosen.value.includes(seat);
  const state = shop.seats.states[seat] ?? seatState.free;
  return (
    <div class="seat-card" ref={place} aria-hidden="true">
      <strong>{nameOfSeat(shop, seat)}</strong>
      <span>
        {category ? `${category.name[shop.locale]} · ${money(shop, category.price.amount)}` : ""}
      </span>
      <span class="soft">
        {[own ? shop.words.states.own : chosen ? shop.words.states.chosen : stateWords(shop, state)]
          .concat(flagWords(shop, seat))
          .join(" · ")}
      </span>
    </div>
  );
}

export function stateWords(shop: Shop, state: number): string {
  const { states } = shop.words;
  return [states.free, states.held, states.sold, states.withheld][state] ?? states.withheld;
}

export function flagWords(shop: Shop, seat: number): string[] {
  const flags = shop.plan.flags[seat] ?? 0;
  const { accessible, companion, obstructed } = shop.words;
  return [
    ...(flags & 1 ? [accessible] : []),
    ...(flags & 2 ? [companion] : []),
    ...(flags & 4 ? [obstructed] : []),
  ];
}

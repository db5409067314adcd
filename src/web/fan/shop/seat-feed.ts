// Live seats: the snapshot, then changes by version. A gap means something was missed, so the
// connection is made anew, which begins with a snapshot. A chosen seat that somebody else takes is
// told at once, before the fan presses anything. The on-sale itself (phase, pause) is asked for
// now and then: it changes a few times an evening.

import type { AvailabilityEvents, OnSaleView } from "../../../wire/contract.ts";
import { apiAddress } from "../../site-config.ts";
import { applyChanges, applySnapshot, bitsFromBase64 } from "../seat-map/availability.ts";
import { loseSeats, readHold } from "./holding.ts";
import { call } from "./http.ts";
import { followStream } from "./message-stream.ts";
import { type Shop, tell } from "./shop.ts";

const onSaleEveryMs = 10_000;

export function followSeats(shop: Shop): () => void {
  const { onSaleId } = shop;
  const stopStream = followStream(apiAddress("availabilityLive", { onSaleId }), {
    message: (name, payload) => take(shop, name, payload),
    connected(is) {
      shop.live.value = is;
    },
    refused: (problem) => tell(shop, problem),
  });
  const asking = setInterval(() => void readOnSale(shop), onSaleEveryMs);
  // A phone that slept may have missed the deadline and much else.
  const awake = () => {
    if (document.visibilityState !== "visible") return;
    void readOnSale(shop);
    if (shop.hold.value) void readHold(shop);
  };
  document.addEventListener("visibilitychange", awake);
  return () => {
    stopStream();
    clearInterval(asking);
    document.removeEventListener("visibilitychange", awake);
  };
}

function take(shop: Shop, name: string, payload: unknown): "again" | undefined {
  if (name === "snapshot") {
    const { version, seatCount, bitsBase64 } = payload as AvailabilityEvents["snapshot"];
    applySnapshot(shop.seats, { version, seatCount, bits: bitsFromBase64(bitsBase64) });
    shop.seatsTick.value++;
    const gone = shop.chosen.value.filter((n) => shop.seats.states[n] !== 0);
    if (gone.length > 0 && shop.busy.value !== "holding") loseSeats(shop, gone);
    return undefined;
  }
  if (name !== "seats") return undefined;
  const reply = applyChanges(shop.seats, payload as AvailabilityEvents["seats"]);
  if (reply.kind === "gap") return "again";
  if (reply.kind === "known") return undefined;
  shop.seatsTick.value++;
  // While this page's own hold is on its way, its own seats turn held: not somebody else's doing.
  if (reply.lost.length > 0 && shop.busy.value !== "holding") loseSeats(shop, reply.lost);
  return undefined;
}

async function readOnSale(shop: Shop): Promise<void> {
  const { onSaleId } = shop;
  const reply = await call<OnSaleView>("GET", apiAddress("onSale", { onSaleId }), { tries: 1 });
  if (reply.kind !== "ok") return;
  shop.onSale.value = reply.value;
  if (reply.value.phase === "closed" && !shop.hold.value) shop.end.value = "closed";
}

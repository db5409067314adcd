// Live seats: the snapshot, then changes by version. A gap means something was missed, so the
// connection is made anew, which begins with a snapshot. A chosen seat that somebody else takes is
// told at once, before the fan presses anything. The on-sale itself (phase, pause) is asked for
// now and then: it changes a few times an evening.

import type { AvailabilityEvents, OnSaleView } from "../../../wire/contract.ts";
import { apiAddress } from "../../site-config.ts";
import { applyChanges, applySnapshot, bitsFromBase64 } from "../seat-map/availability.ts";
import { loseSeats, readHold } from "./holding.ts";
import { call } from "../calls/http.ts";
import { followStream } from "../calls/message-stream.ts";
import { type Shop, tell } from "./shop.ts";

const onSaleEveryMs = 10_000;

export function followSeats(shop: Shop): () => void {
  const { onSaleId } = shop;
  // Changes may overtake the snapshot of their own connection: they wait for it.
  let early: AvailabilityEvents["seats"][] | undefined = [];
  const stopStream = followStream(apiAddress("availabilityLive", { onSaleId }), {
    message(name, payload) {
      if (name === "snapshot") {
        takeSnapshot(shop, payload as AvailabilityEvents["snapshot"]);
        const waiting = early ?? [];
        early = undefined;
        return waiting.map((changes) => takeChanges(shop, changes)).find((said) => said);
      }
      if (name !== "seats") return undefined;
      const changes = payload as AvailabilityEvents["seats"];
      if (!early) return takeChanges(shop, changes);
      early.push(changes);
      return undefined;
    },
    connected(is) {
      early = [];
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

function takeSnapshot(shop: Shop, snapshot: AvailabilityEvents["snapshot"]): void {
  const { version, seatCount, bitsBase64 } = snapshot;
  applySnapshot(shop.seats, { version, seatCount, bits: bitsFromBase64(bitsBase64) });
  shop.seatsTick.value++;
  const gone = shop.chosen.value.filter((n) => shop.seats.states[n] !== 0);
  if (gone.length > 0 && shop.busy.value !== "holding") loseSeats(shop, gone);
}

function takeChanges(shop: Shop, changes: AvailabilityEvents["seats"]): "again" | undefined {
  const reply = applyChanges(shop.seats, changes);
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

// What the fan must hear now: a seat lost with an offer, a limit, a hold that ended, the network, a
// pause. One place on the screen, spoken politely, never a dialog that stands in the way.

import { useEffect, useState } from "preact/hooks";
import { takeOffer } from "./holding.ts";
import { count, limitOf, nameOfSeat, type Shop } from "./shop.ts";

export function Notices({ shop }: { shop: Shop }) {
  const online = useOnline();
  const slow = useSlowly(!shop.live.value, 4000);
  const slowHold = useSlowly(shop.busy.value === "holding", 4000);
  const { net } = shop.words;
  const { paused, phase } = shop.onSale.value;
  return (
    <div class="notices" role="status" aria-live="polite">
      {!online ? (
        <p class="notice warn">{net.offline}</p>
      ) : slow ? (
        <p class="notice">{net.stale}</p>
      ) : null}
      {slowHold ? <p class="notice">{net.holding}</p> : null}
      {paused ? <p class="notice warn">{net.paused}</p> : null}
      {phase === "sold-out" && !shop.hold.value ? <p class="notice">{net.soldOut}</p> : null}
      <Personal shop={shop} />
    </div>
  );
}

function Personal({ shop }: { shop: Shop }) {
  const notice = shop.notice.value;
  const { words } = shop;
  if (!notice) return null;
  const close = () => {
    shop.notice.value = undefined;
  };
  switch (notice.kind) {
    case "full":
      return <p class="notice">{words.choice.full(count(shop, limitOf(shop)))}</p>;
    case "told":
      return <p class="notice">{notice.words}</p>;
    case "hold-ended":
      return (
        <div class="notice warn">
          <strong>{words.held.ended}</strong>
          <p>{words.held.endedNext}</p>
        </div>
      );
    case "lost":
      return (
        <div class="notice warn">
          <strong>{words.lost.title(notice.names)}</strong>
          {shop.chosen.value.length > 0 ? <p>{words.lost.safe}</p> : null}
          {notice.offer === undefined ? (
            <p>{words.lost.noOffer}</p>
          ) : (
            <p>{words.lost.offer(nameOfSeat(shop, notice.offer))}</p>
          )}
          <div class="notice-actions">
            {notice.offer === undefined ? null : (
              <button type="button" class="button" onClick={() => takeOffer(shop)}>
                {words.lost.take}
              </button>
            )}
            <button type="button" class="button plain" onClick={close}>
              {words.close}
            </button>
          </div>
        </div>
      );
  }
}

export function useOnline(): boolean {
  const [online, set] = useState(navigator.onLine);
  useEffect(() => {
    const on = () => set(true);
    const off = () => set(false);
    window.addEventListener("online", on);
    window.addEventListener("offline", off);
    return () => {
      window.removeEventListener("online", on);
      window.removeEventListener("offline", off);
    };
  }, []);
  return online;
}

/** True only after it has been so for a while: a blink of the network is nobody's business. */
function useSlowly(is: boolean, afterMs: number): boolean {
  const [slow, set] = useState(false);
  useEffect(() => {
    if (!is) {
      set(false);
      return;
    }
    const timer = setTimeout(() => set(true), afterMs);
    return () => clearTimeout(timer);
  }, [is, afterMs]);
  return slow;
}

// A kind question before leaving: it frees the place for the next person, and the held seats with it.

import { useEffect, useRef } from "preact/hooks";
import { leaveShop } from "./holding.ts";
import type { Shop } from "./shop.ts";

export function LeaveDialog({ shop, close }: { shop: Shop; close(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { leave } = shop.words;
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="leave-title" onClose={close}>
      <h2 id="leave-title">{leave.title}</h2>
      <p class="soft">{leave.body}</p>
      {shop.hold.value ? <p>{leave.bodyHeld}</p> : null}
      <div class="dialog-actions">
        <button
          type="button"
          class="button primary"
          autofocus
          onClick={() => dialog.current?.close()}
        >
          {leave.stay}
        </button>
        <button
          type="button"
          class="button"
          disabled={!!shop.busy.value}
          onClick={() => void leaveShop(shop)}
        >
          {leave.go}
        </button>
      </div>
    </dialog>
  );
}

// The calm pages before and after the shop: loading, and every way in which a visit ends. Each says
// what happened, what is safe, and leads back to the waiting page.

import { pathTo } from "../../../wire/routes.ts";
import type { EndKind, ShopWords } from "../../i18n/ko/shop.ts";

export function LoadingPage({ words }: { words: ShopWords }) {
  return (
    <main class="end" aria-busy="true">
      <div class="arena" aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
      <p role="status" class="soft">
        {words.loading}
      </p>
    </main>
  );
}

const againHelps = new Set<EndKind>(["failed", "offline", "admission-used"]);

export function EndPage(parts: { words: ShopWords; end: EndKind; onSaleId: string }) {
  const { words, end, onSaleId } = parts;
  const [title, body] = words.end[end];
  const goneForGood = end === "missing" || end === "left" || end === "closed";
  return (
    <main class="end">
      <h1>{title}</h1>
      <p class="soft">{body}</p>
      <div class="end-actions">
        {againHelps.has(end) ? (
          <button type="button" class="button" onClick={() => location.reload()}>
            {words.again}
          </button>
        ) : null}
        <a
          class="button primary"
          href={goneForGood ? pathTo("home") : pathTo("waitingPage", { onSaleId })}
        >
          {goneForGood ? words.toHome : words.toWaiting}
        </a>
      </div>
    </main>
  );
}

// A payment that came too late, and whose seats are gone: the way back to the front of the line. The page
// asks until it is let in; a line that is full lets in who leaves room, and that is said.

import { useEffect, useState } from "preact/hooks";
import type { ClaimResult, OrderView } from "../../../wire/contract.ts";
import { routes } from "../../../wire/routes.ts";
import { formatCountdown } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { OrderWords } from "../../i18n/ko/order.ts";
import { onSaleAddress, siteConfig } from "../../site-config.ts";
import { call } from "../calls/http.ts";
import { useServerTime } from "../shop/held-summary.tsx";

type Parts = { order: OrderView; words: OrderWords; locale: Locale };

export function ComeBack({ order, words: all, locale }: Parts) {
  const words = all.comeBack;
  const { priority, onSaleId } = order;
  const [going, setGoing] = useState(false);
  const [said, say] = useState("");
  const token = priority?.token;
  const now = useServerTime();
  useEffect(() => {
    if (!going || token === undefined) return;
    let timer: ReturnType<typeof setTimeout>;
    let left = false;
    const ask = async () => {
      const address = onSaleAddress(routes.priorityReturn, onSaleId);
      const reply = await call<ClaimResult>("POST", address, { body: { priority: token } });
      if (left) return;
      if (reply.kind === "ok" && reply.value.kind === "admitted") {
        return location.assign(new URL(reply.value.shopUrl, siteConfig().shop || location.href));
      }
      if (reply.kind === "problem" && reply.problem.status < 500 && reply.problem.status !== 429) {
        say(reply.problem.title);
        return setGoing(false);
      }
      if (reply.kind === "ok" && reply.value.kind === "ended") {
        say(words.used);
        return setGoing(false);
      }
      timer = setTimeout(() => void ask(), 1_000);
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [going, token]);
  if (priority === undefined) return null;
  return (
    <section class="summary come-back" aria-labelledby="come-back-title">
      <h2 id="come-back-title">{words.title}</h2>
      <p class="soft">{words.why}</p>
      <p role="status">{going ? words.waiting : said}</p>
      <button
        type="button"
        class="button primary wide"
        disabled={going}
        onClick={() => {
          say("");
          setGoing(true);
        }}
      >
        {going ? words.busy : words.go}
      </button>
      <p class="faint">{words.until(formatCountdown(Math.max(0, priority.until - now), locale))}</p>
    </section>
  );
}

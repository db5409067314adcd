// The others in the line: programmed fans who join the demo on-sale over HTTP and go on asking for
// their status, so that the pacer sees them present. Some of them are let into the shop and hold seats,
// so that the map shows a sale and not an empty house.

import type { Platform } from "../../src/cli/platform/platform.ts";
import { newId, type OnSaleId } from "../../src/foundation/ids.ts";
import type { OnSaleSettings } from "../../src/ports/catalog.ts";
import type { ClaimResult, Frontier, Joined, OnSaleView } from "../../src/wire/contract.ts";
import { joinPlace } from "../../src/wire/join-place.ts";
import { pathTo, type Route } from "../../src/wire/routes.ts";

const firstCrowd = 1_200;
const atOnce = 50;
const askEveryMs = 5_000;

export type Crowd = {
  onSaleId: OnSaleId;
  /** So many more join the line and stay. */
  grow(count: number): Promise<void>;
  /** Changes how fast the line moves, as an operator would. */
  pace(settings: Pick<OnSaleSettings, "ratePerSec" | "maxCapacity">): Promise<void>;
  /** Lets up to so many of the line enter the shop and hold seats; answers how many did. */
  hold(count: number): Promise<number>;
  goHome(): Promise<void>;
};

export async function gather(platform: Platform): Promise<Crowd> {
  const { origin, demo: onSaleId } = platform;
  const { catalog } = platform.stores.postgres;
  if (onSaleId === undefined) throw new Error("the platform was started without its demo");
  const ask = (route: Route, init: RequestInit) =>
    fetch(origin + pathTo(route, { onSaleId }), init);

  const pace: Crowd["pace"] = async (change) => {
    const onSale = await catalog.onSale(onSaleId);
    if (onSale === undefined) throw new Error("the demo on-sale is gone");
    const settings = { ...onSale.settings, ...change };
    const reply = await catalog.update(onSaleId, onSale.version, { settings });
    if (reply.kind !== "updated") throw new Error(`pace: ${reply.kind}`);
  };
  await pace({ ratePerSec: 2, maxCapacity: 2_000 });

  const tokens: string[] = [];
  const grow: Crowd["grow"] = async (count) => {
    const joined = await inTurns(Array.from({ length: count }), async () => {
      const headers = { "content-type": "application/json" };
      const joined = await joinPlace({ entryId: newId("entry") }, async (asked) => {
        const reply = await ask("join", { method: "POST", headers, body: JSON.stringify(asked) });
        if (!reply.ok) throw new Error(`joining: ${reply.status} ${await reply.text()}`);
        return { body: (await reply.json()) as Joined };
      });
      return joined.body.queueToken;
    });
    tokens.push(...joined);
  };
  await waitForLine(ask);
  await grow(firstCrowd);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  let gone = false;
  const asking = (async () => {
    while (!gone) {
      const startedAt = performance.now();
      await inTurns(tokens, async (token) => {
        if (!gone) await (await ask("status", { headers: bearer(token) })).arrayBuffer();
      });
      const restMs = askEveryMs - (performance.now() - startedAt);
      for (let slept = 0; slept < restMs && !gone; slept += 100) await Bun.sleep(100);
    }
  })();

  return {
    onSaleId,
    pace,
    grow,
    async hold(count) {
      const view = (await (await ask("onSale", {})).json()) as OnSaleView;
      let holding = 0;
      await inTurns(tokens, async (token) => {
        if (holding >= count) return;
        const reply = await ask("claim", { method: "POST", headers: bearer(token) });
        const claimed = (await reply.json()) as ClaimResult;
        if (claimed.kind !== "admitted" || holding >= count) return;
        holding++;
        const category = view.categories[holding % view.categories.length]?.key;
        await enterAndHold(ask, claimed.admissionToken, { count: 2 + (holding % 3), category });
      });
      return holding;
    },
    async goHome() {
      gone = true;
      await asking;
    },
  };
}

/** The line opens with the pacer's first tick. */
async function waitForLine(ask: (route: Route, init: RequestInit) => Promise<Response>) {
  for (;;) {
    const frontier = (await (await ask("frontier", {})).json()) as Frontier;
    if (frontier.phase !== "scheduled") return;
    await Bun.sleep(100);
  }
}

async function enterAndHold(
  ask: (route: Route, init: RequestInit) => Promise<Response>,
  admissionToken: string,
  bestAvailable: { count: number; category: string | undefined },
): Promise<void> {
  const key = crypto.randomUUID();
  const json = { "content-type": "application/json", "idempotency-key": key };
  const entered = await ask("enter", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ admissionToken, nonce: key }),
  });
  const cookie = entered.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const body = JSON.stringify({ bestAvailable });
  await ask("holds", { method: "POST", headers: { ...json, cookie }, body });
}

/** A bounded number of them at once. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += atOnce) {
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(work))));
  }
  return results;
}

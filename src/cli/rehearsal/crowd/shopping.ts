// A fan in the shop: looks, chooses, holds, changes the mind, gives back, goes to pay. Who was too slow
// chooses again; when nothing is left the fan waits a little for seats that come back.

import type { AvailabilityEvents, HoldBody, HoldView } from "../../../wire/contract.ts";
import type { Answer, Ask } from "./browser.ts";
import { type Fan, insist, intrude, newKey, pause, placeOf, tellRefused, think } from "./fan.ts";
import { giveBack, repeat, tellHeld } from "./holding.ts";
import { pay } from "./paying.ts";
import { pickByHand } from "./shop-map.ts";

/** Whether the fan has bought. */
export async function shop(fan: Fan): Promise<boolean> {
  fan.at = "shopping";
  let wish = fan.means.basket;
  let changesMind = fan.means.changesMind;
  for (let attempt = 0; attempt < 40 && !fan.town.stop.aborted; attempt++) {
    await think(fan);
    const hold = await choose(fan, wish);
    if (hold === "home") break;
    if (hold === "again") {
      // Families take two and two, then one: somebody always gives in.
      if (attempt % 3 === 2) wish = Math.max(1, Math.ceil(wish / 2));
      await pause(fan, Math.min(4_000, 200 * 2 ** attempt));
      continue;
    }
    if (fan.means.abandons) return false;
    if (changesMind) {
      changesMind = false;
      await giveBack(fan, hold);
      continue;
    }
    const kept = await adjust(fan, hold);
    if (kept === undefined) continue;
    fan.at = "paying";
    const outcome = await pay(fan, kept);
    fan.at = "shopping";
    if (outcome === "bought") return await goodbye(fan, true);
    if (outcome === "home") break;
  }
  return await goodbye(fan, false);
}

/** Leaves the shop; afterwards its doors must be shut. */
async function goodbye(fan: Fan, bought: boolean): Promise<boolean> {
  const answer = await fan.browser.ask(placeOf(fan, "shopSession"), { method: "DELETE" });
  fan.tell({ kind: "leave" }, answer);
  if (fan.means.intrudes) {
    const body = { bestAvailable: { count: 1 } };
    const ask: Ask = { method: "POST", body, key: newKey() };
    if (answer.status === 200) await intrude(fan, "who has left", placeOf(fan, "holds"), ask);
  }
  return bought;
}

async function choose(fan: Fan, wish: number): Promise<HoldView | "again" | "home"> {
  const body = await wishOf(fan, wish);
  if (body === "home") return "home";
  const path = placeOf(fan, "holds");
  const ask: Ask = { method: "POST", body, key: newKey() };
  const answer = await insist(fan, path, ask);
  if (answer.status !== 201) {
    const code = answer.problem?.code ?? "no-code";
    fan.tell({ kind: "hold-refused", code }, answer);
    // Only standing places are left: better than nothing.
    if (code === "no-seats-together" && fan.town.map.standing.length > 0)
      fan.means = { ...fan.means, choice: "standing" };
    const another = ["seats-taken", "no-seats-together", "sale-paused", "hold-paying"];
    return another.includes(code) ? "again" : "home";
  }
  const hold = answer.body as HoldView;
  tellHeld(fan, hold, answer);
  await repeat(fan, { path, ask, first: answer, other: otherThan(body) });
  return hold;
}

function otherThan({ bestAvailable }: HoldBody): HoldBody {
  return { bestAvailable: { count: bestAvailable?.count === 1 ? 2 : 1 } };
}

async function wishOf(fan: Fan, count: number): Promise<HoldBody | "home"> {
  const { map } = fan.town;
  const { choice } = fan.means;
  if (choice === "best-available") return { bestAvailable: { count } };
  const area = map.standing[fan.random.below(Math.max(1, map.standing.length))];
  if (choice === "standing" && area !== undefined && fan.random.next() < 0.8)
    return { areas: [{ area: area.key, count }] };
  const answer = await insist(fan, placeOf(fan, "availability"), {});
  if (answer.status !== 200) {
    tellRefused(fan, "availability", answer);
    return "home";
  }
  const snapshot = answer.body as AvailabilityEvents["snapshot"];
  await pause(fan, fan.means.thinkMs / 2);
  const seats = pickByHand(map, snapshot, count, fan.random);
  return seats.length === 0 ? { bestAvailable: { count: 1 } } : { seats };
}

/** Extends, or gives a seat back; the hold as it is afterwards, undefined: it is gone. */
async function adjust(fan: Fan, hold: HoldView): Promise<HoldView | undefined> {
  let kept = hold;
  const at = { holdId: hold.holdId };
  if (fan.means.extends) {
    await think(fan);
    const answer = await insist(fan, placeOf(fan, "extendHold", at), { method: "POST" });
    if (answer.status !== 200) return lost(fan, hold, answer);
    kept = answer.body as HoldView;
    tellHeld(fan, kept, answer);
  }
  if (fan.means.drops && kept.seats.length > 1) {
    const seats = [kept.seats[0]?.seat ?? 0];
    const path = `${placeOf(fan, "hold", at)}?seats=${seats.join(",")}`;
    const answer = await insist(fan, path, { method: "DELETE" });
    fan.tell({ kind: "release", holdId: hold.holdId, seats }, answer);
    const left = (answer.body as { hold?: HoldView | null } | undefined)?.hold;
    if (answer.status !== 200 || !left) return undefined;
    kept = left;
  }
  return kept;
}

function lost(fan: Fan, { holdId }: HoldView, answer: Answer): undefined {
  if (answer.problem?.code === "no-hold") fan.tell({ kind: "hold-lost", holdId }, answer);
  else tellRefused(fan, "hold", answer);
  return undefined;
}

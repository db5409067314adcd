// Venue plans: those that are here, and the ways to bring one in.

import { PlanPick } from "../new-sale/plan-pick.tsx";
import { go, words } from "../page.ts";

export function PlansPage() {
  const t = words.value.plans;
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{t.title}</h1>
          <p class="soft">{t.intro}</p>
        </div>
      </header>
      <PlanPick chosen={undefined} pick={(hash) => go(`new?plan=${encodeURIComponent(hash)}`)} />
    </>
  );
}

// What the importer made of a file: how many of what, and everything that looks odd with its place.

import type { PlanImported } from "../../../wire/desk-contract.ts";
import { locale, words } from "../page.ts";
import { count } from "../parts/numbers.ts";

type Props = { imported: PlanImported; pick: (hash: string) => void };

export function PlanReport({ imported, pick }: Props) {
  const t = words.value.plans;
  const { plan, parted, notes, more } = imported;
  const standing = plan.standingAreas.reduce((sum, { capacity }) => sum + capacity, 0);
  const facts: [string, number][] = [
    [t.facts.sections, plan.sections],
    [t.facts.rows, plan.rows],
    [t.facts.seats, plan.seats],
    [t.facts.standing, standing],
    [t.facts.parted, parted.aisles + parted.pillars + parted.gaps],
  ];
  const warnings = notes.filter(({ level }) => level === "warning").length + more;
  return (
    <div class="report card">
      <h3>{t.report(plan.name[locale.value])}</h3>
      <ul class="report-facts">
        {facts.map(([name, value]) => (
          <li key={name}>
            <b>{count(value)}</b> {name}
          </li>
        ))}
      </ul>
      <ul class="report-facts">
        {plan.categories.map(({ key, name, color, places }) => (
          <li key={key}>
            <i style={{ background: color }} /> {name[locale.value]} {count(places)}
          </li>
        ))}
      </ul>
      {notes.length === 0 ? (
        <p class="faint">{t.clean}</p>
      ) : (
        <details open={warnings > 0}>
          <summary>{t.warnings(notes.length + more)}</summary>
          <ul class="places">
            {notes.map(({ level, place, message }) => (
              <li key={`${place} ${message}`} class={level}>
                <code>{place}</code> {message}
              </li>
            ))}
            {more > 0 && <li>{t.more(more)}</li>}
          </ul>
        </details>
      )}
      <button type="button" class="button primary" onClick={() => pick(plan.hash)}>
        {t.use}
      </button>
    </div>
  );
}

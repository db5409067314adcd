// The audit: who did what, when, and what changed by it. Newest first, in pages of a hundred.

import { useState } from "preact/hooks";
import type { AuditEntry } from "../../../wire/desk-contract.ts";
import { call } from "../calls.ts";
import { words } from "../page.ts";
import { count, dateTime } from "../parts/numbers.ts";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

const pageSize = 100;

export function AuditTrail() {
  const t = words.value.audit;
  const [before, setBefore] = useState<number | undefined>(undefined);
  const query = before === undefined ? "" : `?before=${before}`;
  const [loaded, again] = useLoaded<{ entries: AuditEntry[] }>(
    () => call("deskAudit", { query }),
    `audit${query}`,
  );
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{t.title}</h1>
          <p class="soft">{t.intro}</p>
        </div>
      </header>
      <Settled loaded={loaded} again={again}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Nothing title={t.empty} />
          ) : (
            <>
              <table class="audit">
                <thead>
                  <tr>
                    <th scope="col">{t.when}</th>
                    <th scope="col">{t.who}</th>
                    <th scope="col">{t.what}</th>
                    <th scope="col">{t.change}</th>
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry) => (
                    <tr key={`${entry.at} ${entry.action} ${entry.subject}`}>
                      <td>{dateTime(entry.at)}</td>
                      <td>{entry.operator ?? t.system}</td>
                      <td>
                        {t.action[entry.action] ?? entry.action}{" "}
                        <code title={entry.subject}>{entry.subject.slice(0, 12)}</code>
                      </td>
                      <td>{changeOf(entry.detail)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {entries.length === pageSize && (
                <button type="button" class="button" onClick={() => setBefore(entries.at(-1)?.at)}>
                  {t.older}
                </button>
              )}
            </>
          )
        }
      </Settled>
    </>
  );
}

/** Only what differs: `Admissions a second 50 → 120`. */
function changeOf(detail: unknown): string {
  const { before = {}, after = {} } = (detail ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(after)
    .filter(([key, value]) => named(key) !== undefined && before[key] !== value)
    .slice(0, 6)
    .map(([key, value]) => {
      const now = said(key, value);
      return key in before
        ? `${named(key)} ${said(key, before[key])} → ${now}`
        : `${named(key)} ${now}`;
    })
    .join(" · ");
}

function named(key: string): string | undefined {
  const t = words.value;
  const names: Record<string, string> = {
    phase: t.audit.phase,
    paused: t.paused,
    ratePerSec: t.action.rate,
    maxCapacity: t.action.capacity,
    seats: t.plans.facts.seats,
    reason: t.audit.reason,
    amount: t.audit.amount,
    fee: t.audit.fee,
    how: t.audit.how,
    keepFee: t.audit.keepFee,
  };
  return names[key];
}

function said(key: string, value: unknown): string {
  const t = words.value;
  if (key === "phase") return t.phase[value as keyof typeof t.phase] ?? String(value);
  if (key === "how") return value === "elsewhere" ? t.orders.paidElsewhere : t.orders.paidThere;
  if (typeof value === "number") return count(value);
  if (typeof value === "boolean") return value ? t.audit.on : t.audit.off;
  return String(value);
}

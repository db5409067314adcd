// The processes of the installation, longest running first: what each does, since when, and when it was
// last heard. One that is gone stays in the list for a while, so that a night's restart is not a riddle.

import type { ProcessView } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";
import { Shape } from "./health-points.tsx";
import { clockTime } from "./numbers.ts";

export function Processes({ processes }: { processes: readonly ProcessView[] }) {
  const t = words.value.processes;
  const there = processes.filter(({ gone }) => !gone).length;
  return (
    <section class="card processes">
      <h2>
        {t.title} <span class="faint">{t.there(there)}</span>
      </h2>
      <ul>
        {processes.map((one) => (
          <li key={one.instance}>
            <Shape level={one.gone ? "warn" : "fine"} />
            <strong>{one.roles.map((role) => t.role[role]).join(", ")}</strong>
            {one.leads > 0 && <span class="soft">{t.leads(one.leads)}</span>}
            <span class="soft">{t.since(clockTime(one.startedAt))}</span>
            <span class={one.gone ? "warn" : "soft"}>{heardWords(one)}</span>
            <code class="faint">
              {one.host} {one.pid}
            </code>
          </li>
        ))}
      </ul>
    </section>
  );
}

function heardWords({ gone, silentMs }: ProcessView): string {
  const t = words.value.processes;
  const seconds = Math.round(silentMs / 1_000);
  return gone ? t.gone(seconds) : t.heard(seconds);
}

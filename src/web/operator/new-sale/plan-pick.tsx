// Picking a venue plan: one that is here, the demo arena, or files from this device (chosen or
// dropped). What the importer noticed stays on screen, with its places; a refusal names them too.

import { useState } from "preact/hooks";
import type { DeskPlanRow, PlanImported } from "../../../wire/desk-contract.ts";
import type { Problem } from "../../../wire/problems.ts";
import { type Answer, call } from "../calls.ts";
import { locale, mayAct, words } from "../page.ts";
import { dateTime } from "../parts/numbers.ts";
import { Settled } from "../parts/states.tsx";
import { type Loaded, useLoaded } from "../use.ts";
import { PlanReport } from "./plan-report.tsx";

type Props = { chosen: string | undefined; pick: (hash: string) => void };
type Import =
  | { kind: "none" }
  | { kind: "reading"; name: string }
  | { kind: "read"; imported: PlanImported }
  | { kind: "refused"; problem: Problem }
  | { kind: "offline" };

export function PlanPick({ chosen, pick }: Props) {
  const t = words.value.plans;
  const [loaded, again] = useLoaded<Plans>(() => call("deskPlans"), "plans");
  const [state, setState] = useState<Import>({ kind: "none" });

  const bring = async (name: string, send: () => Promise<Answer<PlanImported>>) => {
    setState({ kind: "reading", name });
    const answer = await send();
    if (answer.kind === "ok") {
      setState({ kind: "read", imported: answer.body });
      again();
    } else if (answer.kind === "problem") setState({ kind: "refused", problem: answer.problem });
    else setState({ kind: "offline" });
  };
  const upload = (files: FileList | null | undefined) => {
    const list = [...(files ?? [])];
    if (list.length === 0) return;
    const form = new FormData();
    for (const file of list) form.append("file", file);
    void bring(list.map(({ name }) => name).join(", "), () =>
      call("deskPlanImport", { method: "POST", body: form }),
    );
  };
  const demo = () => void bring(t.demo, () => call("deskPlanDemo", { method: "POST" }));

  return (
    <div class="plan-pick">
      {mayAct.value && <Bring upload={upload} demo={demo} busy={state.kind === "reading"} />}
      <div aria-live="polite">
        {state.kind === "reading" && (
          <p class="reading">
            <span class="pulse" aria-hidden="true" /> {t.reading(state.name)}
          </p>
        )}
        {state.kind === "offline" && <p class="wrong">{words.value.state.offline}</p>}
        {state.kind === "read" && <PlanReport imported={state.imported} pick={pick} />}
        {state.kind === "refused" && <Refusal problem={state.problem} />}
      </div>
      <PlanList loaded={loaded} again={again} chosen={chosen} pick={pick} />
    </div>
  );
}

type Plans = { plans: DeskPlanRow[] };

function PlanList(props: Props & { loaded: Loaded<Plans>; again: () => void }) {
  const t = words.value.plans;
  const { loaded, again, chosen, pick } = props;
  return (
    <Settled loaded={loaded} again={again}>
      {({ plans }) =>
        plans.length === 0 ? (
          <div class="state-card">
            <strong>{t.empty}</strong>
            <p class="soft">{t.emptyNext}</p>
          </div>
        ) : (
          <ul class="plans">
            {plans.map(({ hash, name, seatCount, createdAt }) => (
              <li key={hash}>
                <button type="button" aria-pressed={hash === chosen} onClick={() => pick(hash)}>
                  <b>{name[locale.value]}</b>
                  <span>{t.seats(seatCount)}</span>
                  <span class="faint">
                    {dateTime(createdAt)} · <code>{hash.slice(0, 8)}</code>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )
      }
    </Settled>
  );
}

type BringProps = { upload: (files: FileList | null) => void; demo: () => void; busy: boolean };

function Bring({ upload, demo, busy }: BringProps) {
  const t = words.value.plans;
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? "bring over" : "bring"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        upload(event.dataTransfer?.files ?? null);
      }}
    >
      <label class="button file">
        {over ? t.drop : t.upload}
        <input
          type="file"
          multiple
          accept=".json,.csv,application/json,text/csv"
          disabled={busy}
          onChange={(event) => {
            upload(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
      </label>
      <button type="button" class="button" disabled={busy} onClick={demo}>
        {t.demo}
      </button>
      <p class="faint">{t.uploadHint}</p>
    </div>
  );
}

function Refusal({ problem }: { problem: Problem }) {
  const t = words.value.plans;
  const more = Number(problem.facts?.["more"] ?? 0);
  return (
    <div class="report refused card" role="alert">
      <h3>{t.refused}</h3>
      <p class="soft">{problem.title}</p>
      <ul class="places">
        {problem.errors?.map(({ where, what }) => (
          <li key={`${where} ${what}`}>
            <code>{where}</code> {what}
          </li>
        ))}
      </ul>
      {more > 0 && <p class="faint">{t.more(more)}</p>}
    </div>
  );
}

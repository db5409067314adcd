// Presale codes of one on-sale: batches that were made, each as a file to send out, and a form for the
// next one. Only where the on-sale asks for a code.

import { useState } from "preact/hooks";
import type { DeskCodeBatch } from "../../../wire/desk-contract.ts";
import { apiAddress } from "../../site-config.ts";
import { call } from "../calls.ts";
import { mayAct, words } from "../page.ts";
import { count, dateTime } from "../parts/numbers.ts";
import { Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

export function PresaleCodes({ onSaleId }: { onSaleId: string }) {
  const t = words.value.codes;
  const params = { onSaleId };
  const [loaded, again] = useLoaded<{ batches: DeskCodeBatch[] }>(
    () => call("deskCodeBatches", { params }),
    onSaleId,
  );
  return (
    <section class="codes" aria-labelledby="codes-title">
      <h2 id="codes-title">{t.title}</h2>
      <p class="soft">{t.intro}</p>
      {mayAct.value && <MakeBatch onSaleId={onSaleId} made={again} />}
      <Settled loaded={loaded} again={again}>
        {({ batches }) =>
          batches.length === 0 ? (
            <p class="soft">{t.empty}</p>
          ) : (
            <ul class="batches">
              {batches.map((batch) => (
                <li key={batch.batch}>
                  <strong>{batch.name}</strong>{" "}
                  <span class="soft">
                    {t.facts(count(batch.codes), count(batch.placesPerCode))} ·{" "}
                    {dateTime(batch.madeAt)}
                  </span>{" "}
                  {mayAct.value && (
                    <a
                      href={apiAddress("deskCodeBatch", { ...params, batch: `${batch.batch}.csv` })}
                      download
                    >
                      {t.file}
                    </a>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Settled>
    </section>
  );
}

const fields = ["name", "codes", "placesPerCode"] as const;

function MakeBatch({ onSaleId, made }: { onSaleId: string; made: () => void }) {
  const t = words.value.codes;
  const [draft, setDraft] = useState({ name: "", codes: "1000", placesPerCode: "1" });
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const answer = await call<DeskCodeBatch>("deskCodeBatches", {
      method: "POST",
      params: { onSaleId },
      body: {
        name: draft.name,
        codes: Number(draft.codes),
        placesPerCode: Number(draft.placesPerCode),
      },
    });
    setBusy(false);
    if (answer.kind === "offline") return setTold(words.value.state.offline);
    if (answer.kind === "problem") return setTold(answer.problem.title);
    setTold(t.made);
    setDraft({ ...draft, name: "" });
    made();
  };
  return (
    <form class="make-codes" onSubmit={(event) => void make(event)}>
      {fields.map((field) => {
        const shared = {
          id: `codes-${field}`,
          required: true,
          value: draft[field],
          onInput: (event: { currentTarget: HTMLInputElement }) =>
            setDraft({ ...draft, [field]: event.currentTarget.value }),
        };
        const most = field === "codes" ? 100_000 : 8_191;
        return (
          <div class="field" key={field}>
            <label for={shared.id}>{t[field]}</label>
            {field === "name" ? (
              <input {...shared} type="text" maxLength={80} />
            ) : (
              <input {...shared} type="number" min={1} max={most} />
            )}
          </div>
        );
      })}
      <button type="submit" class="button" disabled={busy}>
        {t.make}
      </button>
      <p role="status" class="soft">
        {told}
      </p>
    </form>
  );
}

// The controls of an on-sale. Every one shows its effect first: switches ask in a dialog, the pace
// form reckons while one types. An answer "conflict" means that somebody else was faster: the page
// reads the on-sale again and says so, and nothing is applied on an old state.

import { useEffect, useRef, useState } from "preact/hooks";
import type {
  ActionKind,
  ActionPreview,
  DeskSale,
  DeskSaleRow,
  SaleAction,
} from "../../../wire/desk-contract.ts";
import { type Answer, call } from "../calls.ts";
import { mayAct, words } from "../page.ts";
import { Effect } from "./effect.tsx";

type Switch = Exclude<ActionKind, "pace">;
type Told = { tone: "good" | "bad"; text: string };
type Props = { sale: DeskSale; onChanged: (row?: DeskSaleRow) => void };

export function Controls({ sale, onChanged }: Props) {
  const t = words.value.action;
  const [asked, setAsked] = useState<Switch | undefined>(undefined);
  const [told, setTold] = useState<Told | undefined>(undefined);

  const apply = async (action: SaleAction): Promise<void> => {
    const answer = await call<DeskSaleRow>("deskOnSaleActions", {
      method: "POST",
      params: { onSaleId: sale.onSaleId },
      body: action,
    });
    setAsked(undefined);
    setTold(toldOf(answer, action.kind));
    onChanged(answer.kind === "ok" ? answer.body : undefined);
  };

  const over = sale.phase === "sold-out" || sale.phase === "closed";
  return (
    <section class="controls" aria-labelledby="controls-title">
      <h2 id="controls-title">{t.title}</h2>
      <p class={`told ${told?.tone ?? ""}`} role="status">
        {told?.text}
      </p>
      {over ? (
        <p class="soft">{t.over}</p>
      ) : !mayAct.value ? (
        <p class="soft">{words.value.state.viewer}</p>
      ) : (
        <>
          <div class="switches">
            {switchesOf(sale).map((kind) => (
              <button
                key={kind}
                type="button"
                class={`button ${kind === "open" || kind === "resume" ? "primary" : ""} ${kind}`}
                onClick={() => setAsked(kind)}
              >
                {t[kind]}
              </button>
            ))}
          </div>
          <PaceForm key={paceOf(sale)} sale={sale} apply={apply} />
        </>
      )}
      {asked !== undefined && (
        <Confirm sale={sale} kind={asked} apply={apply} leave={() => setAsked(undefined)} />
      )}
    </section>
  );
}

function toldOf(answer: Answer<DeskSaleRow>, kind: ActionKind): Told {
  const t = words.value.action;
  if (answer.kind === "ok") return { tone: "good", text: t.done[kind] };
  if (answer.kind === "offline") return { tone: "bad", text: words.value.state.offline };
  const { code, title } = answer.problem;
  return { tone: "bad", text: code === "conflict" ? t.conflict : title };
}

function switchesOf({ phase, paused }: DeskSale): Switch[] {
  if (phase === "scheduled" || phase === "pre-queue") return ["open", "close"];
  return phase === "open" ? [paused ? "resume" : "pause", "close"] : [];
}

type ConfirmProps = {
  sale: DeskSale;
  kind: Switch;
  apply: (action: SaleAction) => Promise<void>;
  leave: () => void;
};

function Confirm({ sale, kind, apply, leave }: ConfirmProps) {
  const t = words.value.action;
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  // The version that was on screen when the operator decided: a colleague's change meanwhile is a
  // conflict to be told, not something to be overruled unseen.
  const [version] = useState(sale.version);
  const action: SaleAction = { kind, version };
  const preview = usePreview(sale, action);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={leave}>
      <h2 id="confirm-title">{t[kind]}</h2>
      <Effect preview={preview} />
      <div class="row end">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {t.cancel}
        </button>
        <button
          type="button"
          class={`button ${kind === "close" ? "grave" : "primary"}`}
          disabled={busy || preview === undefined}
          onClick={() => {
            setBusy(true);
            void apply(action);
          }}
        >
          {busy ? t.busy : t[kind]}
        </button>
      </div>
    </dialog>
  );
}

/** What is typed outlives every change but one of the pace itself: that one is shown instead. */
const paceOf = ({ settings }: DeskSale) => `${settings.ratePerSec}/${settings.maxCapacity}`;

function PaceForm({ sale, apply }: Pick<ConfirmProps, "sale" | "apply">) {
  const t = words.value.action;
  const { settings } = sale;
  const [ratePerSec, setRate] = useState(settings.ratePerSec);
  const [maxCapacity, setCapacity] = useState(settings.maxCapacity);
  const [busy, setBusy] = useState(false);
  const isChanged = ratePerSec !== settings.ratePerSec || maxCapacity !== settings.maxCapacity;
  const isWhole = within(ratePerSec, 10_000) && within(maxCapacity, 1_000_000);
  const action: SaleAction = { kind: "pace", version: sale.version, ratePerSec, maxCapacity };
  const preview = usePreview(sale, isWhole ? action : undefined);
  return (
    <form
      class="pace"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isChanged || !isWhole) return;
        setBusy(true);
        void apply(action).finally(() => setBusy(false));
      }}
    >
      <h3>{t.pace}</h3>
      <div class="fields">
        <Stepper id="pace-rate" label={t.rate} value={ratePerSec} most={10_000} set={setRate} />
        <Stepper
          id="pace-capacity"
          label={t.capacity}
          value={maxCapacity}
          most={1_000_000}
          set={setCapacity}
        />
      </div>
      {isWhole ? (
        <Effect preview={preview} />
      ) : (
        <p class="effect wrong">{words.value.create.wrong.number(1, 1_000_000)}</p>
      )}
      <button type="submit" class="button primary" disabled={!isChanged || !isWhole || busy}>
        {busy ? t.busy : t.apply}
      </button>
      {!isChanged && <p class="faint">{t.unchanged}</p>}
    </form>
  );
}

type StepperProps = {
  id: string;
  label: string;
  value: number;
  most: number;
  set: (value: number) => void;
};

/** A number with two large buttons: in the foyer, with one thumb. */
function Stepper({ id, label, value, most, set }: StepperProps) {
  const step = Math.max(1, 10 ** Math.floor(Math.log10(Math.max(1, value)) - 0.3));
  const to = (next: number) => set(Math.min(most, Math.max(1, next)));
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="stepper">
        <button type="button" aria-label={`${label} −${step}`} onClick={() => to(value - step)}>
          −
        </button>
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={1}
          max={most}
          step={1}
          value={Number.isNaN(value) ? "" : value}
          onInput={(event) => set(event.currentTarget.valueAsNumber)}
        />
        <button type="button" aria-label={`${label} +${step}`} onClick={() => to(value + step)}>
          +
        </button>
      </div>
    </div>
  );
}

const within = (value: number, most: number) =>
  Number.isInteger(value) && value >= 1 && value <= most;

/** The server's reckoning of an action; a new one a moment after the last keystroke, and every 3 s. */
function usePreview(sale: DeskSale, action: SaleAction | undefined): ActionPreview | undefined {
  const [preview, setPreview] = useState<ActionPreview | undefined>(undefined);
  const key = JSON.stringify(action);
  useEffect(() => {
    if (action === undefined) return;
    const left = new AbortController();
    const ask = async () => {
      const answer = await call<ActionPreview>("deskOnSalePreview", {
        method: "POST",
        params: { onSaleId: sale.onSaleId },
        body: action,
        signal: left.signal,
      });
      if (answer.kind === "ok" && !left.signal.aborted) setPreview(answer.body);
    };
    const soon = setTimeout(() => void ask(), 150);
    const often = setInterval(() => void ask(), 3_000);
    return () => {
      left.abort();
      clearTimeout(soon);
      clearInterval(often);
    };
  }, [key, sale.onSaleId]);
  return preview;
}

// Creating an on-sale on one page: plan, performance, prices, schedule, admission. Everything that is
// wrong is told beside its field, in one go; nothing is kept until all of it is right.

import { useEffect, useState } from "preact/hooks";
import type { DeskPlan, DeskSale } from "../../../wire/desk-contract.ts";
import type { Problem } from "../../../wire/problems.ts";
import { formatMoney } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { clockOffsetMs, go, locale, mayAct, placeQuery, words } from "../page.ts";
import { Nothing } from "../parts/states.tsx";
import { AccentField } from "./accent-field.tsx";
import {
  bodyOf,
  type Draft,
  fieldOf,
  freshDraft,
  minorUnits,
  type Wrongs,
  wrongsOf,
} from "./draft.ts";
import { Field } from "./field.tsx";
import { PlanPick } from "./plan-pick.tsx";

const currencies = ["KRW", "USD", "EUR", "JPY", "GBP"];
const serverNow = () => Date.now() + clockOffsetMs.value;

export function NewSale() {
  const t = words.value.create;
  const [hash, setHash] = useState(new URLSearchParams(placeQuery.value).get("plan") ?? undefined);
  const plan = usePlan(hash);
  const [draft, setDraft] = useState<Draft>(() => freshDraft(serverNow()));
  const [tried, setTried] = useState(false);
  const [told, setTold] = useState<Wrongs>({});
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  if (!mayAct.value) return <Nothing title={words.value.state.viewer} />;

  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setTold({});
  };
  const own = wrongsOf(draft, plan, serverNow());
  const wrongs = tried ? { ...told, ...own } : {};

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    const first = Object.keys(own)[0];
    if (plan === undefined || first !== undefined) {
      setFailed(t.check);
      document.getElementById(first ?? "plan")?.focus();
      return;
    }
    setBusy(true);
    setFailed("");
    const body = bodyOf(draft, plan);
    const answer = await call<DeskSale>("deskOnSales", { method: "POST", body });
    setBusy(false);
    if (answer.kind === "ok") return go(`on-sales/${answer.body.onSaleId}`);
    if (answer.kind === "offline") return setFailed(words.value.state.offline);
    setTold(wrongsIn(answer.problem));
    setFailed(answer.problem.title);
  };

  const parts = { draft, change, wrongs };
  return (
    <form class="new-sale" noValidate onSubmit={(event) => void submit(event)}>
      <header class="view-head">
        <h1>{t.title}</h1>
      </header>
      <PlanPart hash={hash} plan={plan} setHash={setHash} wrong={wrongs["plan"]} />
      <PerformancePart {...parts} />
      {plan !== undefined && <PricePart {...parts} plan={plan} />}
      <SchedulePart {...parts} />
      <AdmissionPart {...parts} />
      <div class="finish">
        <p class="wrong" role="alert">
          {failed}
        </p>
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? t.busy : t.go}
        </button>
      </div>
    </form>
  );
}

function wrongsIn({ errors = [] }: Problem): Wrongs {
  return Object.fromEntries(errors.map(({ where, what }) => [fieldOf(where), what]));
}

type PlanProps = {
  hash: string | undefined;
  plan: DeskPlan | undefined;
  setHash: (hash: string | undefined) => void;
  wrong: string | undefined;
};

function PlanPart({ hash, plan, setHash, wrong }: PlanProps) {
  return (
    <fieldset id="plan" tabIndex={-1}>
      <legend>{words.value.create.steps[0]}</legend>
      {plan === undefined ? (
        <PlanPick chosen={hash} pick={setHash} />
      ) : (
        <p class="chosen">
          <b>{plan.name[locale.value]}</b> {words.value.create.places(plan.places)}{" "}
          <button type="button" class="quiet-button" onClick={() => setHash(undefined)}>
            {words.value.create.otherPlan}
          </button>
        </p>
      )}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
    </fieldset>
  );
}

function usePlan(hash: string | undefined): DeskPlan | undefined {
  const [plan, setPlan] = useState<DeskPlan | undefined>(undefined);
  useEffect(() => {
    setPlan(undefined);
    if (hash === undefined) return;
    let left = false;
    void call<DeskPlan>("deskPlan", { params: { planHash: hash } }).then((answer) => {
      if (!left && answer.kind === "ok") setPlan(answer.body);
    });
    return () => {
      left = true;
    };
  }, [hash]);
  return plan?.hash === hash ? plan : undefined;
}

type PartProps = { draft: Draft; change: (part: Partial<Draft>) => void; wrongs: Wrongs };
type TextKey = Exclude<keyof Draft, "prices" | "showSeatsLeft" | "ticketTransfers" | "joinProof">;

/** A field bound to its key in the draft. */
function bound({ draft, change, wrongs }: PartProps) {
  return (name: TextKey) => ({
    name,
    value: draft[name],
    set: (value: string) => change({ [name]: value }),
    wrongs,
  });
}

function PerformancePart(props: PartProps) {
  const t = words.value.create;
  const of = bound(props);
  return (
    <fieldset>
      <legend>{t.steps[1]}</legend>
      <div class="fields">
        <Field {...of("nameKo")} label={t.nameKo} lang="ko" />
        <Field {...of("nameEn")} label={t.nameEn} lang="en" />
        <Field {...of("venueKo")} label={t.venueKo} lang="ko" />
        <Field {...of("venueEn")} label={t.venueEn} lang="en" />
        <Field {...of("startsAt")} label={t.startsAt} type="datetime-local" />
        <Field {...of("timeZone")} label={t.timeZone} />
      </div>
    </fieldset>
  );
}

function PricePart({ plan, ...props }: PartProps & { plan: DeskPlan }) {
  const t = words.value.create;
  const { draft, change, wrongs } = props;
  const amounts = plan.categories.map(({ key, places }) => {
    const amount = minorUnits(draft.prices[key] ?? "", draft.currency);
    return Number.isSafeInteger(amount) ? amount * places : 0;
  });
  const worth = {
    amount: amounts.reduce((sum, amount) => sum + amount, 0),
    currency: draft.currency,
  };
  return (
    <fieldset>
      <legend>{t.steps[2]}</legend>
      <div class="fields">
        <div class="field">
          <label for="currency">{t.currency}</label>
          <select
            id="currency"
            value={draft.currency}
            onChange={(event) => change({ currency: event.currentTarget.value })}
          >
            {currencies.map((currency) => (
              <option key={currency}>{currency}</option>
            ))}
          </select>
          <small>{t.worth(formatMoney(worth, locale.value))}</small>
        </div>
        {plan.categories.map(({ key, name, places }) => (
          <Field
            key={key}
            name={`prices.${key}`}
            label={name[locale.value]}
            hint={t.places(places)}
            type="number"
            value={draft.prices[key] ?? ""}
            set={(value) => change({ prices: { ...draft.prices, [key]: value } })}
            wrongs={wrongs}
          />
        ))}
      </div>
    </fieldset>
  );
}

function SchedulePart(props: PartProps) {
  const t = words.value.create;
  const of = bound(props);
  return (
    <fieldset>
      <legend>{t.steps[3]}</legend>
      <div class="fields">
        <Field {...of("preQueueAt")} label={t.preQueueAt} type="datetime-local" />
        <Field {...of("opensAt")} label={t.opensAt} type="datetime-local" />
        <Field {...of("closesAt")} label={t.closesAt} type="datetime-local" />
      </div>
      <p class="faint">{t.localTime}</p>
    </fieldset>
  );
}

function ProofField({ draft, change }: PartProps) {
  const t = words.value.create;
  return (
    <div class="field">
      <label for="joinProof">{t.joinProof}</label>
      <select
        id="joinProof"
        value={draft.joinProof}
        onChange={(event) => change({ joinProof: event.currentTarget.value as Draft["joinProof"] })}
      >
        {(["", "presale-code", "shop-identity"] as const).map((proof) => (
          <option key={proof} value={proof}>
            {t.joinProofs[proof || "none"]}
          </option>
        ))}
      </select>
    </div>
  );
}

function AdmissionPart(props: PartProps) {
  const t = words.value.create;
  const of = bound(props);
  const { draft, change } = props;
  return (
    <fieldset>
      <legend>{t.steps[4]}</legend>
      <div class="fields">
        <Field {...of("ratePerSec")} label={t.rate} type="number" />
        <Field {...of("maxCapacity")} label={t.capacity} type="number" />
        <Field {...of("claimSec")} label={t.claimSec} type="number" />
        <Field {...of("shopMin")} label={t.shopMin} type="number" />
        <Field {...of("holdMin")} label={t.holdMin} type="number" />
        <Field {...of("maxHoldMin")} label={t.maxHoldMin} type="number" />
        <Field {...of("seatsPerHold")} label={t.perHold} type="number" />
        <Field {...of("seatsPerFan")} label={t.perFan} type="number" />
        <Field {...of("joinWork")} label={t.joinWork} type="number" />
        <ProofField {...props} />
        <Field {...of("shopUrl")} label={t.shopUrl} type="url" hint={t.shopUrlHint} />
        <Field
          {...of("fanCancelHours")}
          label={t.cancelHours}
          hint={t.cancelHoursHint}
          type="number"
        />
        <Field {...of("fanCancelFee")} label={t.cancelFee} type="number" />
        <AccentField value={draft.accent} set={(accent) => change({ accent })} />
      </div>
      <label class="tick">
        <input
          type="checkbox"
          checked={draft.showSeatsLeft}
          onChange={(event) => change({ showSeatsLeft: event.currentTarget.checked })}
        />
        {t.showLeft}
      </label>
      <label class="tick">
        <input
          type="checkbox"
          checked={draft.ticketTransfers}
          onChange={(event) => change({ ticketTransfers: event.currentTarget.checked })}
        />
        {t.transfers}
      </label>
    </fieldset>
  );
}

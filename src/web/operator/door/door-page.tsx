// The door of a performance: who is in by gate, phones and the codes that sign them in, and tickets
// that let two people in. Read again every few seconds.

import { useState } from "preact/hooks";
import type { DeviceCode, DoorView } from "../../../wire/tickets/door.ts";
import type { DeskPerformance } from "../../../wire/desk-contract.ts";
import { type Answer, call } from "../calls.ts";
import { Way } from "../frame.tsx";
import { locale, mayAct, words } from "../page.ts";
import { clockTime, count } from "../parts/numbers.ts";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

const everyMs = 3_000;

export function DoorPage({ id }: { id: string | undefined }) {
  const t = words.value.door;
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{t.title}</h1>
          <p class="soft">{t.intro}</p>
        </div>
      </header>
      {id === undefined ? <Performances /> : <Door key={id} performanceId={id} />}
    </>
  );
}

function Performances() {
  const [loaded, again] = useLoaded<{ performances: DeskPerformance[] }>(
    () => call("deskPerformances"),
    "door",
  );
  return (
    <Settled loaded={loaded} again={again}>
      {({ performances }) => (
        <ul class="door-list">
          {performances.map(({ performanceId, name, venue }) => (
            <li key={performanceId} class="card">
              <Way path={`door/${performanceId}`}>{name[locale.value]}</Way>
              <p class="soft">{venue[locale.value]}</p>
            </li>
          ))}
        </ul>
      )}
    </Settled>
  );
}

type Told = { code?: DeviceCode & { gate: string }; problem?: string };

function Door({ performanceId }: { performanceId: string }) {
  const t = words.value.door;
  const [told, setTold] = useState<Told>({});
  const params = { performanceId };
  const read = () => call<DoorView>("deskDoor", { params });
  const [loaded, again] = useLoaded<DoorView>(read, performanceId, everyMs);
  const settle = (answer: Answer<unknown>): boolean => {
    if (answer.kind === "problem") setTold({ problem: answer.problem.title });
    again();
    return answer.kind === "ok";
  };
  const makeGate = async (name: string, reEntry: boolean) =>
    settle(await call("deskGates", { method: "POST", params, body: { name, reEntry } }));
  const makeCode = async ({ gateId, name }: DoorView["gates"][number]) => {
    const how = { method: "POST", params: { gateId } } as const;
    const answer = await call<DeviceCode>("deskGateDevices", how);
    if (settle(answer) && answer.kind === "ok") setTold({ code: { ...answer.body, gate: name } });
  };
  const end = async (deviceId: string) =>
    settle(await call("deskGateDevice", { method: "DELETE", params: { deviceId } }));
  return (
    <Settled loaded={loaded} again={again}>
      {(view) => (
        <div class="door">
          <p role="status">
            {t.inside(
              count(view.gates.reduce((sum, { letIn, letOut }) => sum + letIn - letOut, 0)),
              count(view.tickets),
            )}
          </p>
          {told.problem !== undefined && <p class="told bad">{told.problem}</p>}
          {told.code !== undefined && (
            <p class="card device-code" role="status">
              {t.codeFor(told.code.gate)} <strong>{told.code.code}</strong>{" "}
              {t.codeUntil(clockTime(told.code.until))}
            </p>
          )}
          <Conflicts conflicts={view.conflicts} />
          <ul class="door-list">
            {view.gates.map((gate) => (
              <Gate key={gate.gateId} gate={gate} makeCode={makeCode} end={end} />
            ))}
          </ul>
          {view.gates.length === 0 && <Nothing title={t.empty} next={t.emptyNext} />}
          {mayAct.value && <NewGate make={makeGate} />}
        </div>
      )}
    </Settled>
  );
}

type GateProps = {
  gate: DoorView["gates"][number];
  makeCode: (gate: DoorView["gates"][number]) => Promise<void>;
  end: (deviceId: string) => Promise<boolean>;
};

function Gate({ gate, makeCode, end }: GateProps) {
  const t = words.value.door;
  return (
    <li class="card">
      <h2>{gate.name}</h2>
      <p>
        <strong>{count(gate.letIn)}</strong> {t.letIn}
        {gate.reEntry && ` · ${count(gate.letOut)} ${t.letOut}`} · {count(gate.refused)} {t.refused}
      </p>
      {gate.reEntry && <p class="soft">{t.reEntry}</p>}
      <ul>
        {gate.devices.map(({ deviceId, signedInAt, seenAt }) => (
          <li key={deviceId}>
            {signedInAt === null ? t.notYet : t.seen(clockTime(seenAt ?? signedInAt))}{" "}
            {mayAct.value && (
              <button type="button" class="quiet-button" onClick={() => void end(deviceId)}>
                {t.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      {mayAct.value && (
        <button type="button" class="button" onClick={() => void makeCode(gate)}>
          {t.makeCode}
        </button>
      )}
    </li>
  );
}

function Conflicts({ conflicts }: Pick<DoorView, "conflicts">) {
  const t = words.value.door;
  if (conflicts.length === 0) return <p class="soft">{t.noConflicts}</p>;
  return (
    <section class="card door-conflicts" aria-labelledby="conflicts">
      <h2 id="conflicts">{t.conflicts(count(conflicts.length))}</h2>
      <ul>
        {conflicts.map(({ id, seat, why, here, first }) => (
          <li key={id}>
            <strong>{seat[locale.value]}</strong> · {t.why[why]} · {here.gate} {clockTime(here.at)}
            {first && ` ↔ ${first.gate} ${clockTime(first.at)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

function NewGate({ make }: { make: (name: string, reEntry: boolean) => Promise<boolean> }) {
  const t = words.value.door;
  const [name, setName] = useState("");
  const [reEntry, setReEntry] = useState(false);
  const submit = async (submitted: Event) => {
    submitted.preventDefault();
    if (name.trim() !== "" && (await make(name.trim(), reEntry))) setName("");
  };
  return (
    <form class="new-gate" onSubmit={(submitted) => void submit(submitted)}>
      <label for="gate-name">{t.gateName}</label>
      <input
        id="gate-name"
        maxLength={40}
        value={name}
        onInput={(typed) => setName(typed.currentTarget.value)}
      />
      <label class="tick">
        <input type="checkbox" checked={reEntry} onChange={() => setReEntry(!reEntry)} />
        {t.reEntryHere}
      </label>
      <button class="button">{t.makeGate}</button>
    </form>
  );
}

// The health of the whole installation: one verdict, the five points, the stores, the orders that wait
// for a person, what the reconciler could not settle, and every process.

import type { HealthView, ReplicaView } from "../../../wire/desk-contract.ts";
import { call } from "../calls.ts";
import { Way } from "../frame.tsx";
import { words } from "../page.ts";
import { HealthPoints, Shape } from "../parts/health-points.tsx";
import { clockTime, count } from "../parts/numbers.ts";
import { Processes } from "../parts/processes.tsx";
import { Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

const everyMs = 2_000;
const levelOf = { ok: "fine", degraded: "warn", unable: "danger" } as const;

export function HealthPage() {
  const t = words.value.health;
  const [loaded, again] = useLoaded<HealthView>(() => call("deskHealth"), "health", everyMs);
  return (
    <>
      <header class="view-head">
        <h1>{t.title}</h1>
        <a class="faint" href="/health">
          /health
        </a>
      </header>
      <Settled loaded={loaded} again={again}>
        {(view) => <Health view={view} />}
      </Settled>
    </>
  );
}

function Health({ view }: { view: HealthView }) {
  const t = words.value.health;
  const { database, hotStore, reconciler, stuckOrders, status } = view;
  const answer = (store: { answers: boolean; tookMs: number }) => (
    <dd class={store.answers ? "" : "danger"}>
      <Shape level={store.answers ? "fine" : "danger"} />
      {store.answers ? t.answers(store.tookMs) : t.silent}
    </dd>
  );
  return (
    <div class="health">
      <div class={`verdict ${levelOf[status]}`} role="status">
        <Shape level={levelOf[status]} />
        <strong>{t.status[status]}</strong>
        <p class="soft">{t.statusNext[status]}</p>
      </div>
      <HealthPoints points={view.points} />
      <dl class="facts card">
        <dt>{t.database}</dt>
        {answer(database)}
        {view.replicas.map((replica) => (
          <Replica key={replica.replica} replica={replica} />
        ))}
        <dt>
          {t.hotStore} <span class="faint">{hotStore.kind}</span>
        </dt>
        {answer(hotStore)}
        <dt>{t.stuck}</dt>
        <dd class={(stuckOrders ?? 0) > 0 ? "warn" : ""}>
          <Shape
            level={stuckOrders === undefined ? "unknown" : stuckOrders > 0 ? "warn" : "fine"}
          />
          <Way path="orders">{count(stuckOrders)}</Way>
        </dd>
        <dt>{t.findings}</dt>
        <dd class={reconciler.findings.length > 0 ? "warn" : ""}>
          <Shape level={findingsLevel(view)} />
          {reconciler.lookedAt === undefined
            ? t.notYet
            : `${reconciler.findings.length === 0 ? t.findingsNone : count(reconciler.findings.length)} · ${t.lookedAt(clockTime(reconciler.lookedAt))}`}
        </dd>
      </dl>
      {reconciler.findings.length > 0 && (
        <ul class="findings card">
          {reconciler.findings.map(({ orderId, attempt, kind, detail }) => (
            <li key={`${orderId} ${attempt} ${kind}`}>
              <code>{orderId}</code> {kind} · {detail}
            </li>
          ))}
        </ul>
      )}
      <Processes processes={view.processes} />
    </div>
  );
}

/** One that is left out harms no fan: the primary answers in its place. */
function Replica({ replica: { replica, inService, reason, lagMs } }: { replica: ReplicaView }) {
  const t = words.value.health;
  return (
    <>
      <dt>
        {t.replica} <span class="faint">{replica}</span>
      </dt>
      <dd class={inService ? "" : "warn"}>
        <Shape level={inService ? "fine" : "warn"} />
        {inService ? t.replicaReads(lagMs) : t.replicaOut(t.replicaReason[reason] ?? reason)}
      </dd>
    </>
  );
}

function findingsLevel({ reconciler }: HealthView): "unknown" | "warn" | "fine" {
  if (reconciler.lookedAt === undefined) return "unknown";
  return reconciler.findings.length > 0 ? "warn" : "fine";
}

// The designed states that every view has besides its contents: loading, empty, failed, offline.

import type { ComponentChildren } from "preact";
import type { Problem } from "../../../wire/problems.ts";
import { words } from "../page.ts";
import type { Loaded } from "../use.ts";

export function Loading() {
  return (
    <div class="state-card" aria-busy="true">
      <span class="pulse" aria-hidden="true" />
      <p class="soft">{words.value.state.loading}</p>
    </div>
  );
}

type NothingProps = { title: string; next?: string; children?: ComponentChildren };

export function Nothing({ title, next, children }: NothingProps) {
  return (
    <div class="state-card">
      <strong>{title}</strong>
      {next !== undefined && <p class="soft">{next}</p>}
      {children}
    </div>
  );
}

export function Failed({ problem, again }: { problem: Problem; again: () => void }) {
  const t = words.value.state;
  return (
    <div class="state-card" role="alert">
      <strong>{t.failed}</strong>
      <p class="soft">{problem.title}</p>
      <button type="button" class="button" onClick={again}>
        {t.again}
      </button>
    </div>
  );
}

export function Offline({ again }: { again: () => void }) {
  const t = words.value.state;
  return (
    <div class="state-card" role="status">
      <strong>{t.offline}</strong>
      <p class="soft">{t.offlineNext}</p>
      <button type="button" class="button" onClick={() => again()}>
        {t.again}
      </button>
    </div>
  );
}

type SettledProps<Body> = {
  loaded: Loaded<Body>;
  again: () => void;
  children: (body: Body, at: number) => ComponentChildren;
};

/** The contents once they are there, and the right state before. */
export function Settled<Body>({ loaded, again, children }: SettledProps<Body>) {
  switch (loaded.kind) {
    case "loading":
      return <Loading />;
    case "offline":
      return <Offline again={again} />;
    case "problem":
      return <Failed problem={loaded.problem} again={again} />;
    case "ready":
      return <>{children(loaded.body, loaded.at)}</>;
  }
}

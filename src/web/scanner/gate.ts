// A gate on a phone: judges a code with the server where it answers in time, alone where it does not,
// and brings the two together afterwards. One nonce a scan, whichever way it goes, so that an answer
// that was lost is never a second scan.

import type { TicketId } from "../../foundation/ids.ts";
import {
  type GateList,
  type GateSeats,
  type GateSession,
  codeEndLength,
  judgeOffline,
  type Pass,
  type Scan,
  type ScanReplies,
  type Verdict,
  type Way,
} from "../../wire/tickets/door.ts";
import { readRevocationList } from "../../wire/tickets/revocation-list.ts";
import { readTicketCode } from "../../wire/tickets/ticket-code.ts";
import { type Route, routes } from "../../wire/routes.ts";
import { newKey } from "../fan/calls/http.ts";
import type { GateStore } from "./gate-store.ts";

export type Told = { verdict: Verdict; offline: boolean } | { verdict: undefined; offline: true };
export type Sync = { online: boolean; waiting: number; conflicts: number; listedAt: number };

export type Gate = {
  session(): GateSession | undefined;
  seats(): GateSeats | undefined;
  signIn(code: string): Promise<string | undefined>;
  signOut(): Promise<void>;
  /** `verdict: undefined`: nobody to ask and no list to judge by. */
  look(code: string, way: Way): Promise<Told>;
  /** Sends what was kept and reads the list again. */
  sync(): Promise<Sync>;
};

/** At a door a slow answer is no answer. */
const answerWithinMs = 2_500;
const syncWithinMs = 15_000;
const scansAtOnce = 50;

export async function openGate(store: GateStore, onSignedOut: () => void): Promise<Gate> {
  let kept = await store.kept();
  let conflicts = 0;

  const forget = async () => {
    kept = undefined;
    await store.keep(undefined);
    onSignedOut();
  };
  const ask = async <Body>(route: Route, how: Asking = {}): Promise<Asked<Body>> => {
    const answer = await request<Body>(route, how);
    if (answer.kind === "problem" && answer.code === "gate-sign-in-needed") await forget();
    return answer;
  };

  const readList = async (session: GateSession): Promise<boolean> => {
    let seats = kept?.seats;
    if (seats === undefined) {
      const asked = await ask<GateSeats>("gateSeats");
      if (asked.kind !== "ok") return false;
      seats = asked.body;
    }
    for (;;) {
      const query = `?since=${kept?.since ?? 0}`;
      const asked = await ask<GateList>("gateList", { query, withinMs: syncWithinMs });
      if (asked.kind !== "ok") return false;
      const { keys, passes, more, now } = asked.body;
      const revocations = await readRevocationList(keys, asked.body.revocations).catch(
        () => undefined,
      );
      if (revocations === undefined) return true;
      const known = new Map(kept?.passes);
      for (const { ticketId, gate, at, way } of passes) {
        // Merged late, a pass of before says nothing of now.
        if (at >= (known.get(ticketId)?.at ?? 0)) known.set(ticketId, { gate, at, way });
      }
      const since = passes.at(-1)?.id ?? kept?.since ?? 0;
      kept = { session, keys, revocations, seats, passes: known, since, listedAt: now };
      await store.keep(kept);
      if (!more) return true;
    }
  };

  const merge = async (): Promise<boolean> => {
    const waiting = await store.waiting();
    for (let at = 0; at < waiting.length; at += scansAtOnce) {
      const scans = waiting.slice(at, at + scansAtOnce);
      const how = { method: "POST", body: { scans }, withinMs: syncWithinMs } as const;
      const asked = await ask<ScanReplies>("gateScans", how);
      if (asked.kind !== "ok") return asked.kind === "problem";
      for (const { nonce, conflict } of asked.body.replies) {
        if (conflict) conflicts++;
        await store.done(nonce);
      }
    }
    return true;
  };

  const alone = async (scan: Scan): Promise<Told> => {
    // The end of a code can only be looked up: without the server it says nothing.
    const isEnd = scan.code.length === codeEndLength;
    if (kept === undefined || isEnd) return { verdict: undefined, offline: true };
    const { session, keys, revocations, passes } = kept;
    const { performanceId } = session.performance;
    const known = { performanceId, keys, revocations, passes };
    const way = scan.way ?? "in";
    const judged = await judgeOffline(known, scan.code, way).catch(() => undefined);
    if (judged === undefined) return { verdict: undefined, offline: true };
    if (wentThrough(judged.verdict) && judged.ticketId !== undefined) {
      await store.wait({ ...scan, offline: true });
      await note(judged.ticketId, { gate: session.gate, at: scan.at, way });
    }
    return { verdict: judged.verdict, offline: true };
  };

  const note = async (ticketId: TicketId, pass: Pass) => {
    if (kept === undefined) return;
    kept.passes.set(ticketId, pass);
    await store.keep(kept);
  };

  return {
    session: () => kept?.session,
    seats: () => kept?.seats,
    async signIn(code) {
      const asked = await request<GateSession>("gateSignIn", { method: "POST", body: { code } });
      if (asked.kind === "offline") return "";
      if (asked.kind === "problem") return asked.title;
      await readList(asked.body);
      return kept === undefined ? "" : undefined;
    },
    async signOut() {
      await request("gateSession", { method: "DELETE" });
      await forget();
    },
    async look(code, way) {
      const scan: Scan = { nonce: newKey(), code, at: Date.now(), offline: false, way };
      const asked = await ask<ScanReplies>("gateScans", {
        method: "POST",
        body: { scans: [scan] },
      });
      const [reply] = asked.kind === "ok" ? asked.body.replies : [];
      if (reply === undefined) return await alone(scan);
      const { verdict } = reply;
      const reading = kept && (await readTicketCode(kept.keys, code).catch(() => undefined));
      if (reading?.kind === "valid" && kept && wentThrough(verdict)) {
        await note(reading.ticket.ticketId, { gate: kept.session.gate, at: scan.at, way });
      }
      return { verdict, offline: false };
    },
    async sync() {
      const online = kept !== undefined && (await merge()) && (await readList(kept.session));
      const waiting = (await store.waiting()).length;
      return { online, waiting, conflicts, listedAt: kept?.listedAt ?? 0 };
    },
  };
}

const wentThrough = ({ kind }: Verdict) => kind === "let-in" || kind === "let-out";

type Asking = {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  query?: string;
  withinMs?: number;
};
type Asked<Body> =
  | { kind: "ok"; body: Body }
  | { kind: "problem"; code: string; title: string }
  | { kind: "offline" };

async function request<Body>(route: Route, how: Asking): Promise<Asked<Body>> {
  const { method = "GET", body, query = "", withinMs = answerWithinMs } = how;
  try {
    const response = await fetch(routes[route] + query, {
      method,
      headers: { "accept-language": document.documentElement.lang },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(withinMs),
    });
    const value = (await response.json()) as Body & { code: string; title: string };
    if (response.ok) return { kind: "ok", body: value };
    // A server that cannot answer just now is as good as none.
    if (response.status >= 500) return { kind: "offline" };
    return { kind: "problem", code: value.code, title: value.title };
  } catch {
    return { kind: "offline" };
  }
}

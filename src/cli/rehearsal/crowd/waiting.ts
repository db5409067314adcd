// A fan in the line: joins (early or late), waits by polling or on a live stream, claims the turn and
// enters. The wait follows the server's own hints; what the page would show is told to the history.

import type { ClaimResult, Frontier, Joined, Status } from "../../../wire/contract.ts";
import { checkDraw } from "../../../wire/draw-check.ts";
import { joinPlace } from "../../../wire/join-place.ts";
import type { Answer } from "./browser.ts";
import { type Fan, insist, intrude, newKey, pause, placeOf, tellRefused } from "./fan.ts";

/** The queue token, once the fan is inside; undefined: went home without. */
export async function waitForTurn(fan: Fan): Promise<string | undefined> {
  const joined = await join(fan);
  if (joined === undefined) return undefined;
  if (fan.means.intrudes) await tryDoors(fan);
  const { queueToken } = joined;
  if (fan.means.secondTab) await join(fan);
  let strolls = fan.means.strolls;
  while (!fan.town.stop.aborted) {
    if (strolls !== undefined) await pause(fan, strolls);
    strolls = undefined;
    const admitted = fan.means.streams ? await stream(fan, joined) : await poll(fan, queueToken);
    if (admitted === "home") return undefined;
    if (admitted !== "again") return (await enter(fan, admitted)) ? queueToken : undefined;
  }
  return undefined;
}

async function join(fan: Fan): Promise<Joined | undefined> {
  for (let n = 0; n < 30 && !fan.town.stop.aborted; n++) {
    const answer = await joinPlace(fan, (body) =>
      insist(fan, placeOf(fan, "join"), { method: "POST", body }),
    );
    if (answer.status === 200) {
      const joined = answer.body as Joined;
      fan.tell({ kind: "join", index: joined.index, known: joined.known }, answer);
      return joined;
    }
    tellRefused(fan, "join", answer);
    if (answer.problem?.code !== "queue-not-open") return undefined;
    await pause(fan, 500);
  }
  return undefined;
}

/** Doors that must stay shut to whoever waits. */
async function tryDoors(fan: Fan): Promise<void> {
  const body = { bestAvailable: { count: 1 } };
  const holds = placeOf(fan, "holds");
  await intrude(fan, "no session", holds, { method: "POST", body, key: newKey(), stranger: true });
  const forged = { admissionToken: "A".repeat(180), nonce: newKey() };
  await intrude(fan, "a forged token", placeOf(fan, "enter"), { method: "POST", body: forged });
  await intrude(fan, "no session", placeOf(fan, "availability"), { stranger: true });
}

type Turn = Extract<ClaimResult, { kind: "admitted" }> | "home" | "again";

const isOver = ({ phase }: Frontier) => phase === "sold-out" || phase === "closed";

async function poll(fan: Fan, token: string): Promise<Turn> {
  while (!fan.town.stop.aborted) {
    const answer = await insist(fan, placeOf(fan, "status"), { token });
    if (answer.status !== 200) return "home";
    const { standing, nextPollMs, frontier } = answer.body as Status;
    tellStanding(fan, answer, standing, frontier);
    if (isOver(frontier)) return "home";
    if (standing.kind === "your-turn") {
      const turn = await claim(fan, token);
      if (turn !== "again") return turn;
    }
    await pause(fan, nextPollMs);
  }
  return "home";
}

function tellStanding(
  fan: Fan,
  answer: Pick<Answer, "sentAt" | "answeredAt">,
  standing: Status["standing"],
  { serving, now: asOf }: Frontier,
): void {
  const place =
    standing.kind === "not-drawn"
      ? {}
      : {
          position: standing.position,
          ahead: standing.kind === "waiting" ? standing.ahead : 0,
        };
  fan.tell({ kind: "status", ...place, serving, asOf }, answer);
}

/** One claim; `again` where it is not this fan's turn yet. */
async function claim(fan: Fan, token: string): Promise<Turn> {
  const answer = await insist(fan, placeOf(fan, "claim"), { method: "POST", token });
  if (answer.status !== 200) {
    tellRefused(fan, "claim", answer);
    return "home";
  }
  const result = answer.body as ClaimResult;
  tellClaim(fan, answer, result);
  if (result.kind === "admitted") return result;
  return result.kind === "ended" ? "home" : "again";
}

function tellClaim(
  fan: Fan,
  answer: Pick<Answer, "sentAt" | "answeredAt">,
  result: ClaimResult,
): void {
  const admission = result.kind === "admitted" ? { admissionId: result.admissionId } : {};
  fan.tell({ kind: "claim", answer: result.kind, ...admission }, answer);
}

/** The live stream says what everybody is told; the own place is arithmetic on it, and is checked. */
async function stream(fan: Fan, { queueToken, index }: Joined): Promise<Turn> {
  let turn: Turn = "again";
  let afterMs = 1_000;
  let position: number | undefined;
  let latest: Frontier | undefined;
  let toldAt = 0;
  const hear = (name: string, data: unknown): boolean => {
    const at = performance.timeOrigin + performance.now();
    const now = { sentAt: at, answeredAt: at };
    if (name === "waiting") {
      latest = data as Frontier;
      // What the page shows changes every second; every third is enough for a witness.
      if (at - toldAt >= 3_000) {
        toldAt = at;
        tellFrontier(fan, latest, position, now);
      }
      if (isOver(latest)) turn = "home";
      else if (position === undefined && latest.draw.seed !== undefined) return false;
    } else if (name === "admitted") {
      turn = data as Extract<ClaimResult, { kind: "admitted" }>;
      tellClaim(fan, now, turn);
    } else if (name === "ended") turn = "home";
    else if (name === "reconnect") afterMs = (data as { afterMs: number }).afterMs;
    return turn === "again" && name !== "reconnect";
  };
  while (turn === "again" && !fan.town.stop.aborted) {
    await fan.browser.listen(placeOf(fan, "live"), queueToken, hear).catch(() => undefined);
    // Drawn meanwhile: the page works out its own number, once, and goes on listening.
    const drawn = position === undefined && latest !== undefined;
    if (drawn) position = await drawnPosition(latest, index);
    if (!drawn || position === undefined) await pause(fan, afterMs);
  }
  return fan.town.stop.aborted ? "home" : turn;
}

async function drawnPosition(
  frontier: Frontier | undefined,
  index: number,
): Promise<number | undefined> {
  const { seed, cohort, commitment = "" } = frontier?.draw ?? {};
  if (seed === undefined || cohort === undefined) return undefined;
  const check = await checkDraw({ seed, cohort, commitment }, index);
  return check.kind === "holds" ? check.position : undefined;
}

function tellFrontier(
  fan: Fan,
  { serving, now: asOf }: Frontier,
  position: number | undefined,
  now: Pick<Answer, "sentAt" | "answeredAt">,
): void {
  const place = position === undefined ? {} : { position, ahead: Math.max(0, position - serving) };
  fan.tell({ kind: "status", ...place, serving, asOf }, now);
}

async function enter(
  fan: Fan,
  { admissionToken }: Extract<ClaimResult, { kind: "admitted" }>,
): Promise<boolean> {
  const path = placeOf(fan, "enter");
  const body = { admissionToken, nonce: newKey() };
  const answer = await insist(fan, path, { method: "POST", body });
  if (answer.status !== 200) {
    tellRefused(fan, "enter", answer);
    return false;
  }
  fan.tell({ kind: "entered" }, answer);
  if (fan.means.intrudes) {
    const replay = { admissionToken, nonce: newKey() };
    await intrude(fan, "a replayed token", path, { method: "POST", body: replay, stranger: true });
  }
  if (fan.means.repeats === "same") await insist(fan, path, { method: "POST", body });
  return true;
}

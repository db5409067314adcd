// The gateway: what everybody meets first. Joins, personal status, the live stream, the claim; needs
// a hot store and the line's records, never runs a saga and never touches a seat.
// A waiting fan costs the hot store nothing: status and stream are arithmetic on the frontier.

import type { AdmissionKeySet, AdmissionVerifier } from "../../connector/src/admission-token.ts";
import type { Log } from "../foundation/log.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";
import type { Bounds } from "../foundation/bounds.ts";
import { type LoadLimits, openLoadLimit, usualLoad } from "../http/limits/load-limit.ts";
import type { Call, Mounted } from "../http/mount.ts";
import type { Prepared } from "../http/prepared.ts";
import { json, jsonText, publicJson, refuse } from "../http/respond.ts";
import type { OriginKeys } from "../ports/keys.ts";
import { openCheckingKeys } from "./proofs/checking-keys.ts";
import { claimTurn } from "./claim.ts";
import { bringsSomething } from "./joining/join-body.ts";
import { joinHandler } from "./joining/join-handler.ts";
import type { Line } from "./line.ts";
import { type LinesDeps, openLines } from "./lines.ts";
import { openEntryAsks } from "./entry-asks.ts";
import { type GatewayLimits, usualLimits } from "./limits.ts";
import { openLiveHub } from "./live/live-hub.ts";
import { originCommands } from "./origin.ts";
import { openPlaces } from "./places.ts";
import { priorityReturn } from "./turns/returning.ts";
import { plainPage } from "./plain.ts";
import { bearerIn, openBelieved } from "./polls/believed.ts";
import { answerFrontier, preparedFrontiers } from "./polls/frontier-document.ts";
import { openOnLine } from "./polls/on-line.ts";
import { statusText } from "./polls/status-text.ts";
import { openPresence } from "./presence.ts";
import { openProofs } from "./proofs/proofs.ts";

export type GatewayDeps = LinesDeps & {
  queueKeys: () => SealingKeys;
  signer: Parameters<typeof claimTurn>[0]["signer"];
  keySet: () => AdmissionKeySet;
  verifier: () => AdmissionVerifier;
  originKeys: OriginKeys;
  shopOrigin: string;
  secureCookies: boolean;
  /** Others than the usual ones. */
  limits?: Partial<GatewayLimits>;
  log: Log;
};

export type Gateway = {
  routes: Mounted;
  /** Answered without a handler: the frontiers that nearly everybody asks for. */
  prepared: Prepared;
  readonly streams: number;
  bounds: Bounds;
  /** Ends every stream with a told reconnect and stops the background duties. */
  stop(): Promise<void>;
};

/**
 * A join passes the door twice, the first time for a challenge that costs next to nothing: whoever had stood
 * outside for that would be late with the second.
 */
const joinLoad: LoadLimits = { ...usualLoad, insideMs: 500, outsideMs: 0 };

export function openGateway(deps: GatewayDeps): Gateway {
  const { hot, records, epochs, clock, log, queueKeys, signer, shopOrigin, secureCookies } = deps;
  const lines = openLines(deps);
  const presence = openPresence({ queue: hot.queue, epochs, log });
  const claims = { queue: hot.queue, records, epochs, clock, signer, shopOrigin };
  const limits = { ...usualLimits(), ...deps.limits };
  const checkingKeys = openCheckingKeys(deps);
  const proofs = openProofs({ ...deps, checkingKeys });
  const hub = openLiveHub({ lines, presence, claims, limits, log });
  const places = openPlaces({ ...deps, limits, lines, presence });

  const joining = openLoadLimit(joinLoad);
  const onLine = openOnLine(lines);
  const asks = openEntryAsks(limits.asksPerEntry);
  const believed = openBelieved({ queueKeys, check: places.of });
  const placeOf = (line: Line, { request }: Call) => {
    const entry = places.of(line, bearerIn(request.headers.get("authorization")));
    asks.count(line.onSaleId, entry.index);
    return entry;
  };

  // The path of every poll: nothing is waited for, and nothing is made that could be at hand.
  const status = onLine((line, call) => {
    const entry = believed.of(line, call.request.headers.get("authorization"));
    asks.count(line.onSaleId, entry.index);
    const standing = line.standing(entry.index);
    presence.note(line, entry, standing);
    return jsonText(statusText(line, standing));
  });

  const live = onLine((line, call) => {
    const lastSeen = call.request.headers.get("last-event-id") ?? undefined;
    const opened = hub.open(line, placeOf(line, call), { address: call.ip, lastSeen });
    if (opened.kind === "process-full") {
      return refuse(call.request, "briefly-unavailable", { retryAfterMs: 5_000 });
    }
    if (opened.kind === "network-full") {
      return refuse(call.request, "rate-limited", { retryAfterMs: 30_000 });
    }
    call.longLived();
    return opened.response;
  });

  const claimFor = (line: Line, entry: Parameters<typeof claimTurn>[2]) =>
    claimTurn({ ...claims, entryShare: limits.asksPerEntry }, line, entry);

  const leave = onLine(async (line, call) => {
    const { entryId } = placeOf(line, call);
    await records.end(line.onSaleId, entryId);
    await epochs.queue(line.onSaleId, (scope) => hot.queue.leave(scope, entryId));
    return json({ kind: "left" });
  });

  const plain = onLine(
    plainPage({
      places,
      proofs,
      claim: claimFor,
      count: (line, entry) => asks.count(line.onSaleId, entry.index),
      present: (line, entry) => presence.note(line, entry),
      ...{ secureCookies, shopOrigin },
    }),
  );

  const routes: Mounted = {
    frontier: { GET: onLine((line, call) => answerFrontier(line, call.request)) },
    join: { POST: onLine(joinHandler({ lines, places, proofs, asks })) },
    status: { GET: status },
    live: { GET: live },
    claim: { POST: onLine(async (line, call) => json(await claimFor(line, placeOf(line, call)))) },
    leave: { POST: leave },
    priorityReturn: { POST: onLine(priorityReturn({ ...claims, places, queueKeys })) },
    plain: { GET: plain, POST: plain },
    origin: { POST: onLine(originCommands({ ...deps, checkingKeys, queue: hot.queue })) },
    keys: { GET: () => publicJson(deps.keySet(), 60, { "access-control-allow-origin": "*" }) },
  };

  return {
    routes: joining.behind(routes, ["join"], bringsSomething),
    prepared: preparedFrontiers(lines),
    get streams() {
      return hub.streams;
    },
    bounds() {
      const waiting = { ...lines.bounds(), ...places.bounds(), ...presence.bounds() };
      return {
        ...waiting,
        ...asks.bounds(),
        ...believed.bounds(),
        joins_under_way: joining.underWay,
        joins_refusing: joining.refusing,
        ...proofs.bounds(),
        ...hub.bounds(),
      };
    },
    async stop() {
      hub.drain();
      await presence.close();
      await lines.close();
    },
  };
}

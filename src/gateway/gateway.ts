// The gateway: what everybody meets first. Joins, personal status, the live stream, the claim; needs
// a hot store and the line's records, never runs a saga and never touches a seat.
// A waiting fan costs the hot store nothing: status and stream are arithmetic on the frontier.

import { z } from "zod";
import type { AdmissionKeySet, AdmissionVerifier } from "../../connector/src/admission-token.ts";
import { type EntryId, parseId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";
import type { Bounds } from "../http/bounds.ts";
import type { Call, Mounted } from "../http/mount.ts";
import type { Prepared } from "../http/prepared.ts";
import { readJson } from "../http/read-body.ts";
import { json, jsonText, publicJson, refuse } from "../http/respond.ts";
import type { OriginKeys } from "../ports/keys.ts";
import type { Status } from "../wire/contract.ts";
import { openCheckingKeys } from "./proofs/checking-keys.ts";
import { claimTurn } from "./claim.ts";
import { type Line, withFrontier } from "./line.ts";
import { type LinesDeps, openLines } from "./lines.ts";
import { openEntryAsks } from "./entry-asks.ts";
import { type GatewayLimits, usualLimits } from "./limits.ts";
import { openLiveHub } from "./live/live-hub.ts";
import { originCommands } from "./origin.ts";
import { openPlaces } from "./places.ts";
import { priorityReturn } from "./turns/returning.ts";
import { plainPage } from "./plain.ts";
import { answerFrontier, preparedFrontiers } from "./polls/frontier-document.ts";
import { openOnLine } from "./polls/on-line.ts";
import { openPresence } from "./presence.ts";
import { openProofs } from "./proofs/proofs.ts";
import { waitOf } from "./wait.ts";

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

// Who somebody is has to be proved: the answer is the queue token of whoever has the place, so an identity
// that a stranger may simply name would hand over somebody else's.
const joinBody = z.object({
  entryId: z.string().transform((text, context): EntryId => {
    const id = parseId("entry", text);
    if (id !== undefined) return id;
    context.addIssue({ code: "custom", message: "must be qe_ and 22 letters or digits" });
    return z.NEVER;
  }),
  challenge: z.string().max(256).optional(),
  nonce: z.string().max(64).optional(),
  code: z.string().max(100).optional(),
  identity: z.string().max(300).optional(),
});

export function openGateway(deps: GatewayDeps): Gateway {
  const { hot, records, epochs, clock, log, queueKeys, signer, shopOrigin } = deps;
  const lines = openLines(deps);
  const presence = openPresence({ queue: hot.queue, epochs, log });
  const claims = { queue: hot.queue, records, epochs, clock, signer, shopOrigin };
  const limits = { ...usualLimits(), ...deps.limits };
  const entryShare = limits.asksPerEntry;
  const checkingKeys = openCheckingKeys(deps);
  const proofs = openProofs({ ...deps, checkingKeys });
  const hub = openLiveHub({ lines, presence, claims, limits, log });
  const places = openPlaces({ ...deps, limits, lines, presence });

  const onLine = openOnLine(lines);
  const asks = openEntryAsks(limits.asksPerEntry);
  const placeOf = (line: Line, { request }: Call) => {
    const entry = places.of(line, bearer(request));
    asks.count(line.onSaleId, entry.index);
    return entry;
  };

  const frontier = onLine((line, call) => answerFrontier(line, call.request));

  const join = onLine(async (line, call) => {
    const { entryId, challenge, nonce, ...shown } = await readJson(call.request, joinBody);
    const known = places.shown(line, entryId, bearer(call.request));
    if (known !== undefined) {
      asks.count(line.onSaleId, known.index);
      return jsonText(withFrontier(line, known));
    }
    proofs.mustShow(line, shown);
    const cameBack =
      challenge !== undefined && places.cameBack(line, entryId, { challenge, nonce });
    if (!cameBack) return json(places.challenge(line, entryId));
    const identity = await proofs.identityFor(line, shown, call.ip);
    const joined = await places.join(line, entryId, { address: call.ip, identity });
    return jsonText(withFrontier(lines.known(line.onSaleId) ?? line, joined));
  });

  // The path of every poll: nothing is waited for, and nothing is made that could be at hand.
  const status = onLine((line, call) => {
    const entry = placeOf(line, call);
    const standing = line.standing(entry.index);
    presence.note(line, entry, standing);
    const personal: Omit<Status, "frontier"> = { standing, ...waitOf(line, standing) };
    // The frontier's text is made once a tick; the personal part is glued in front of it.
    const text = `${JSON.stringify(personal).slice(0, -1)},"frontier":${line.prepared.text}}`;
    return new Response(text, { headers: statusHeaders });
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

  const claim = onLine(async (line, call) =>
    json(await claimTurn({ ...claims, entryShare }, line, placeOf(line, call))),
  );

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
      claim: (line, entry) => claimTurn({ ...claims, entryShare }, line, entry),
      count: (line, entry) => asks.count(line.onSaleId, entry.index),
      present: (line, entry) => presence.note(line, entry),
      secureCookies: deps.secureCookies,
      shopOrigin,
    }),
  );

  return {
    routes: {
      frontier: { GET: frontier },
      join: { POST: join },
      status: { GET: status },
      live: { GET: live },
      claim: { POST: claim },
      leave: { POST: leave },
      priorityReturn: { POST: onLine(priorityReturn({ ...claims, places, queueKeys })) },
      plain: { GET: plain, POST: plain },
      origin: { POST: onLine(originCommands({ ...deps, checkingKeys, queue: hot.queue })) },
      keys: { GET: () => publicJson(deps.keySet(), 60, { "access-control-allow-origin": "*" }) },
    },
    prepared: preparedFrontiers(lines),
    get streams() {
      return hub.streams;
    },
    bounds() {
      const waiting = { ...lines.bounds(), ...places.bounds(), ...presence.bounds() };
      return { ...waiting, ...asks.bounds(), ...proofs.bounds(), ...hub.bounds() };
    },
    async stop() {
      hub.drain();
      await presence.close();
      await lines.close();
    },
  };
}

const statusHeaders = new Headers({
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  vary: "Authorization, Origin",
});

function bearer(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  return header?.startsWith("Bearer ") ? header.slice(7) : undefined;
}

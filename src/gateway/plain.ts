// The waiting room without JavaScript: one page made here, refreshed by the browser, with the queue
// token in a cookie. It tells the position, the people ahead and the wait, joins by a form (with a presale
// code, where the on-sale asks for one), and when the turn comes claims by a form and sends the fan on to
// the shop. A shop's word for the fan comes in the address, and stays in a cookie until the fan has joined.

import { identityParameter, longestIdentityMs } from "../../connector/src/origin/identity.ts";
import { takesEntries } from "../domain/waiting-room/on-sale.ts";
import { newId, parseId } from "../foundation/ids.ts";
import type { QueueClaims } from "../domain/waiting-room/queue-token.ts";
import { cookieName, readCookie, setCookie } from "../http/cookies.ts";
import type { Call } from "../http/mount.ts";
import { readText } from "../http/read-body.ts";
import { localeOf, Refusal } from "../http/respond.ts";
import { plainStyleSource } from "../web/plain-style.ts";
import { renderPlainPage } from "../web/plain-page.ts";
import type { ClaimResult, Locale } from "../wire/contract.ts";
import type { ProblemCode } from "../wire/problems.ts";
import { pathTo } from "../wire/routes.ts";
import type { Line } from "./line.ts";
import type { LineHandler } from "./polls/on-line.ts";
import type { Places } from "./places.ts";
import type { Proofs } from "./proofs/proofs.ts";
import { waitOf } from "./wait.ts";

type Entry = Pick<QueueClaims, "entryId" | "index" | "identity">;

export type PlainDeps = {
  places: Places;
  proofs: Proofs;
  claim: (line: Line, entry: Entry) => Promise<ClaimResult>;
  present: (line: Line, entry: Entry) => void;
  /** Throws the refusal `asked-too-often`. */
  count: (line: Line, entry: Entry) => void;
  secureCookies: boolean;
  /** Where a claim sends the fan on to; "" where it is this origin. */
  shopOrigin: string;
};

/** A place does not end; the cookie lives as long as an on-sale may. */
const cookieSec = 7 * 24 * 3600;
const challengeSec = 600;
const identitySec = longestIdentityMs / 1_000;
/** What a join is refused with that the fan can mend on this page. */
const told = [
  "presale-code-needed",
  "presale-code-mistyped",
  "presale-code-wrong",
  "presale-code-used",
  "identity-needed",
  "identity-refused",
  "rate-limited",
] as const satisfies ProblemCode[];
const toldBy = (text: unknown) => told.find((code) => code === text);

export function plainPage(deps: PlainDeps): LineHandler {
  /** A browser holds a form's redirects to form-action too: whose turn it is must get to the shop. */
  const headersFor = ({ onSale }: Line) => {
    const { shopUrl } = onSale.settings;
    return plainHeaders(shopUrl === undefined ? deps.shopOrigin : new URL(shopUrl).origin);
  };
  const { places, secureCookies: secure } = deps;
  const nameFor = (line: Line) => cookieName(`usher-queue-${line.onSaleId}`, secure);
  const identityNameFor = (line: Line) => cookieName(`usher-identity-${line.onSaleId}`, secure);
  const challengeNameFor = (line: Line) => cookieName(`usher-join-${line.onSaleId}`, secure);

  const entryIn = (line: Line, call: Call): Entry | undefined => {
    const token = readCookie(call.request, nameFor(line));
    if (token === undefined) return undefined;
    try {
      return places.of(line, token);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  };

  /** The challenge that the browser was given with the page, and the entry that it is for. */
  const challengeIn = (line: Line, call: Call) => {
    const [id, challenge] = readCookie(call.request, challengeNameFor(line))?.split("~") ?? [];
    const entryId = parseId("entry", id);
    return entryId && challenge ? { entryId, challenge } : undefined;
  };

  /** A challenge that is still good stays: the page refreshes itself, and patience must not begin anew. */
  const challengeCookie = (line: Line, call: Call): Record<string, string> => {
    if (!takesEntries(line.prepared.frontier.phase)) return {};
    if (challengeIn(line, call) !== undefined) return {};
    const entryId = newId("entry");
    const { challenge } = places.challenge(line, entryId);
    const options = { secure, maxAgeSec: challengeSec };
    return { "set-cookie": setCookie(challengeNameFor(line), `${entryId}~${challenge}`, options) };
  };

  const show = (line: Line, call: Call, entry: Entry | undefined): Response => {
    const standing = entry && line.standing(entry.index);
    if (entry !== undefined) deps.present(line, entry);
    const waiting = standing && waitOf(line, standing);
    const asked = new URL(call.request.url).searchParams;
    const html = renderPlainPage({
      onSaleId: line.onSaleId,
      frontier: line.prepared.frontier,
      standing,
      isEarly: asked.has("early"),
      joinProof: line.onSale.settings.joinProof,
      told: toldBy(asked.get("told")),
      wait: waiting?.wait,
      refreshSeconds: Math.max(2, Math.ceil((waiting?.nextPollMs ?? 10_000) / 1000)),
      locale: localeWanted(call),
      name: line.performance?.name,
      timeZone: line.performance?.timeZone,
    });
    const cookie = entry === undefined ? challengeCookie(line, call) : {};
    return new Response(html, { headers: { ...headersFor(line), ...cookie } });
  };

  return async (line, call) => {
    const entry = entryIn(line, call);
    if (entry !== undefined) deps.count(line, entry);
    const self = `${pathTo("plain", { onSaleId: line.onSaleId })}?lang=${localeWanted(call)}`;
    if (call.request.method !== "POST") {
      const word = new URL(call.request.url).searchParams.get(identityParameter);
      if (word === null || !/^[\w.-]{1,300}$/.test(word)) return show(line, call, entry);
      const options = { secure, maxAgeSec: identitySec };
      return seeOther(self, { "set-cookie": setCookie(identityNameFor(line), word, options) });
    }

    const form = new URLSearchParams(await readText(call.request, 1_024));
    if (form.get("action") === "claim" && entry !== undefined) {
      const result = await deps.claim(line, entry);
      if (result.kind === "admitted") return seeOther(result.shopUrl);
      return seeOther(self);
    }
    if (entry !== undefined) return seeOther(self);
    const given = challengeIn(line, call);
    if (given === undefined) return seeOther(self);
    if (!places.cameBack(line, given.entryId, given, true)) return seeOther(`${self}&early=1`);
    try {
      const shown = {
        code: form.get("code") ?? "",
        identity: readCookie(call.request, identityNameFor(line)),
      };
      deps.proofs.mustShow(line, shown);
      const identity = await deps.proofs.identityFor(line, shown, call.ip);
      const asker = { address: call.ip, identity };
      const { queueToken } = await places.join(line, given.entryId, asker);
      const cookie = setCookie(nameFor(line), queueToken, { secure, maxAgeSec: cookieSec });
      return seeOther(self, { "set-cookie": cookie });
    } catch (error) {
      const code = error instanceof Refusal ? toldBy(error.code) : undefined;
      if (code === undefined) throw error;
      return seeOther(`${self}&told=${code}`);
    }
  };
}

/** A browser counts the way on after a form as the form's own: the shop is named too. */
const plainHeaders = (shopOrigin: string) => ({
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src ${plainStyleSource}; form-action 'self' ${shopOrigin}; base-uri 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
});

function localeWanted(call: Call): Locale {
  const asked = new URL(call.request.url).searchParams.get("lang");
  return asked === "ko" || asked === "en" ? asked : localeOf(call.request);
}

function seeOther(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, {
    status: 303,
    headers: { location, "cache-control": "no-store", ...headers },
  });
}

// The guard: everything between a request and `decide`. Exchanges an arriving admission token for a
// session of the shop's own, lets the session's requests pass, and answers for the shop where a request
// may not. The bindings (bindings/node.ts, bindings/fetch.ts) only translate.
//
// KEEPS (Q5): nothing protected is reached without an admission that was verified here, by this shop's
// clock. What cannot be known is refused: keys or confirmations that are too old open nothing.
// Read next: decide.ts (the rule), sessions.ts (the cookie), origin/commands.ts (what Usher is told).

import type { AdmissionClaims } from "./admission-token.ts";
import { type Answer, type HeaderList, redirect, refusal, setCookies } from "./answers.ts";
import { type Arrival, arrivalParameters, readArrival } from "./arrival.ts";
import { decide, type GuardRules, type ShownAdmission } from "./decide.ts";
import { type Fetch, type KeySource, openKeySource } from "./key-set.ts";
import {
  type CommandReply,
  type CommandSender,
  openCommands,
  randomNonce,
} from "./origin/commands.ts";
import { isOriginKey, type OriginKey, openOriginKey } from "./origin/origin-key.ts";
import type { Session } from "./session.ts";
import { openSessions, type Sessions } from "./sessions.ts";

/** Spans in ms. */
export type GuardOptions = {
  /** Origin of Usher: https://queue.example */
  readonly usher: string;
  /** os_… */
  readonly onSale: string;
  /** Made at the desk: usher_ok_… Keep it like a password; every process of the shop has the same. */
  readonly originKey: string;
  /** Prefixes; default: everything ("/"). */
  readonly protectedPaths?: readonly string[];
  /** Exceptions below them: webhooks, health checks, the page's own assets. */
  readonly openPaths?: readonly string[];
  /** Default: the waiting page that Usher serves. */
  readonly waitingRoomUrl?: string;
  /**
   * Each admission is entered once, which Usher is asked to remember, and Usher is asked again while the
   * fan shops (default). False: tokens are verified offline only and may be used until they end; then
   * `sessionMs` says how long the shop's session lasts.
   */
  readonly singleUse?: boolean;
  readonly sessionMs?: number;
  /** How long a session is believed without asking Usher (default: a minute). */
  readonly confirmMs?: number;
  /** The same, while Usher does not answer (default: five minutes). */
  readonly staleMs?: number;
  /** `__Host-` cookies, which need https. Default: as `usher` has it. */
  readonly secureCookies?: boolean;
  readonly fetch?: Fetch;
  readonly now?: () => number;
};

/** One request, as every server can tell it. `target` is path and query as the client sent them. */
export type GuardRequest = {
  readonly method: string;
  readonly target: string;
  header(name: string): string | undefined;
};
/** Who shops: `shopUntil` is ms since 1970. */
export type Shopper = {
  readonly entry: string;
  readonly admissionId: string;
  readonly shopUntil: number;
};
export type Pass = {
  readonly kind: "pass";
  /** Undefined on paths that are not protected. */
  readonly shopper: Shopper | undefined;
  /** To set on the shop's answer. */
  readonly headers: HeaderList;
};
export type GuardAnswer = Pass | Answer;
/** What Usher said, and the headers for the answer to this browser. */
export type Told = { readonly reply: CommandReply; readonly headers: HeaderList };

export type Guard = {
  check(request: GuardRequest): Promise<GuardAnswer>;
  /** More time; until `forMs` from now where given. Usher bounds the whole. */
  extend(shopper: Shopper, forMs?: number): Promise<Told>;
  /** The fan has bought or left: the place goes to the next one at once. */
  done(shopper: Shopper): Promise<Told>;
  /** Out, now: this process refuses the session at once, every other within `confirmMs`. */
  revoke(shopper: Shopper): Promise<Told>;
};

type Rooms = {
  rules: GuardRules;
  onSale: string;
  now: () => number;
  singleUse: boolean;
  sessionMs: number;
  keys: KeySource;
  send: CommandSender;
  sessions: Sessions;
};

/** Protected answers are somebody's own; a shop may say otherwise itself. */
const personal: HeaderList = [["cache-control", "private, no-store"]];
const minute = 60_000;

/** @throws TypeError when an option cannot be right, before any request is let in. */
export function openGuard(options: GuardOptions): Guard {
  const rooms = openRooms(options);
  const sessionsOf = new WeakMap<Shopper, Session>();
  const shopperOf = (session: Session): Shopper => {
    const { entry, admissionId, expiresAt } = session;
    const shopper = { entry, admissionId, shopUntil: expiresAt };
    sessionsOf.set(shopper, session);
    return shopper;
  };
  const tell = async (
    shopper: Shopper,
    command: "extend" | "done" | "revoke",
    forMs?: number,
  ): Promise<Told> => {
    const session = sessionsOf.get(shopper);
    if (session === undefined) throw new TypeError("usher connector: not a shopper of this guard");
    const { reply, cookies } = await rooms.sessions.tell(session, command, forMs);
    return { reply, headers: setCookies(cookies) };
  };
  return {
    async check(request) {
      const arrival = readArrival(request.target);
      if (arrival.token !== undefined && request.method === "GET") {
        return await arrive(rooms, request, { ...arrival, token: arrival.token });
      }
      const unknown = judge(rooms, request, { kind: "absent" });
      if (unknown.kind === "pass") return unknown;
      const looked = await rooms.sessions.look(request.header("cookie"));
      if (looked.kind === "valid") {
        const judged = judge(rooms, request, looked, { cookies: looked.cookies });
        if (judged.kind !== "pass") return judged;
        return {
          ...judged,
          shopper: shopperOf(looked.session),
          headers: [...personal, ...setCookies(looked.cookies)],
        };
      }
      const kind = looked.kind === "admission-invalid" ? "forged" : looked.kind;
      return judge(rooms, request, { kind }, { cookies: looked.cookies });
    },
    extend: (shopper, forMs) => tell(shopper, "extend", forMs),
    done: (shopper) => tell(shopper, "done"),
    revoke: (shopper) => tell(shopper, "revoke"),
  };
}

function openRooms(options: GuardOptions): Rooms {
  const { onSale, now = Date.now, singleUse = true } = options;
  const usher = originOf(options.usher);
  if (!/^os_[0-9A-Za-z]{22}$/.test(onSale)) {
    throw new TypeError(
      "usher connector: onSale is not an id such as os_ and 22 letters or digits",
    );
  }
  if (!isOriginKey(options.originKey)) {
    throw new TypeError("usher connector: originKey is not a key made at the desk (usher_ok_…)");
  }
  const { protectedPaths = ["/"], openPaths = [] } = options;
  const waitingRoomUrl = options.waitingRoomUrl ?? `${usher}/w/${onSale}`;
  const rules: GuardRules = { protectedPaths, openPaths, waitingRoomUrl };
  let opened: Promise<OriginKey> | undefined;
  const key = () => (opened ??= openOriginKey(options.originKey));
  const world = { onSale, key, now, fetch: options.fetch };
  const send = openCommands({ ...world, usher });
  return {
    rules,
    onSale,
    now,
    singleUse,
    sessionMs: options.sessionMs ?? 10 * minute,
    keys: openKeySource({ address: `${usher}/q/keys.json`, fetch: options.fetch, now }),
    send,
    sessions: openSessions({
      ...world,
      send,
      confirmMs: singleUse ? (options.confirmMs ?? minute) : undefined,
      staleMs: options.staleMs ?? 5 * minute,
      secureCookies: options.secureCookies ?? usher.startsWith("https:"),
    }),
  };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.origin;
  throw new TypeError("usher connector: usher is not an address such as https://queue.example");
}

/** A browser, or an app, that shows an admission token in the address. */
async function arrive(
  rooms: Rooms,
  request: GuardRequest,
  arrival: Arrival & { token: string },
): Promise<GuardAnswer> {
  const { sessions, onSale, now } = rooms;
  const { token, clean } = arrival;
  const refuse = (kind: Exclude<ShownAdmission["kind"], "valid">) =>
    judge({ rules: everywhere(rooms.rules) }, request, { kind }, { target: clean });

  const mine = await sessions.look(request.header("cookie"));
  const reading = await rooms.keys.verify(token, { onSale, now: now() });
  const isMine =
    mine.kind === "valid" &&
    // Not valid: an old address out of the history of a browser that shops already.
    (reading.kind !== "valid" || mine.session.admissionId === reading.claims.admissionId);
  if (isMine) return redirect(clean, mine.cookies);
  if (reading.kind !== "valid") return refuse(reading.kind);
  if (!rooms.singleUse) {
    return redirect(clean, [await sessions.begin(reading.claims, now() + rooms.sessionMs)]);
  }
  const nonce = sessions.nonceOf(request.header("cookie"));
  if (nonce !== undefined) return await enter(rooms, { ...arrival, nonce }, reading.claims, refuse);
  if (arrival.hopped) return refuse("no-cookies");
  // The nonce must be in the browser before the token is spent: if the answer that spends it is lost,
  // the same browser can ask again, and nobody else.
  return redirect(withHop(request.target), [sessions.nonceCookie(randomNonce())]);
}

async function enter(
  rooms: Rooms,
  { token, nonce, clean }: { token: string; nonce: string; clean: string },
  claims: AdmissionClaims,
  refuse: (kind: "expired" | "used" | "unavailable") => GuardAnswer,
): Promise<GuardAnswer> {
  const reply = await rooms.send({ command: "enter", admissionToken: token, nonce });
  switch (reply.kind) {
    case "active":
      return redirect(clean, [await rooms.sessions.begin(claims, reply.shopUntil)]);
    case "ended":
      return refuse("expired");
    case "used":
      return refuse("used");
    case "key-refused":
    case "unavailable":
      return refuse("unavailable");
  }
}

/** @param how `target`: what is judged instead of the request's own; never for letting it in. */
function judge(
  rooms: Pick<Rooms, "rules">,
  request: GuardRequest,
  admission: ShownAdmission,
  how: { readonly cookies?: readonly string[]; readonly target?: string } = {},
): GuardAnswer {
  const { cookies = [], target = request.target } = how;
  const accept = request.header("accept") ?? "";
  const wantsPage = /\btext\/html\b/i.test(accept);
  const decision = decide(rooms.rules, { method: request.method, target, wantsPage }, admission);
  switch (decision.kind) {
    case "let-in":
      return { kind: "pass", shopper: undefined, headers: [] };
    case "to-waiting-room":
      return redirect(decision.location, cookies);
    case "refuse":
      return refusal(decision.code, {
        asPage: wantsPage,
        language: request.header("accept-language"),
        waitingRoom: rooms.rules.waitingRoomUrl,
        cookies,
      });
  }
}

/** A token that is no good is answered also where the path itself is open to all. */
function everywhere(rules: GuardRules): GuardRules {
  return { ...rules, protectedPaths: ["/"], openPaths: [] };
}

function withHop(target: string): string {
  return `${target}&${arrivalParameters.hop}=1`;
}

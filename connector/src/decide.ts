// The guard's rule: what to do with one request, given what its admission (token or session) was
// found to be. Pure: no I/O, no clock, so every binding for every server decides alike.
//
// It fails closed: a path that could be read in two ways (encoded slashes, dot segments, backslashes)
// is refused, and an admission that is not valid opens nothing. People looking at a page are sent to
// the waiting room; programs (fetch calls, form posts) get a stable code instead of a redirect that
// would swallow what they sent. Read next: admission-token.ts for how an admission is verified.

import type { AdmissionRefusal } from "./admission-token.ts";

/**
 * @property protectedPaths prefixes, "/shop" covers "/shop" and "/shop/…"; compared without regard to
 *   case, because some servers have none. "/" protects everything.
 * @property openPaths exceptions below them: webhooks, health checks, the page's own assets.
 * @property waitingRoomUrl absolute address of the waiting page of this on-sale.
 */
export type GuardRules = {
  readonly protectedPaths: readonly string[];
  readonly openPaths?: readonly string[];
  readonly waitingRoomUrl: string;
};

/**
 * @property target path and query as the client sent them: "/shop/seats?section=A".
 * @property wantsPage the client asks for HTML (its Accept header names text/html).
 */
export type RequestFacts = {
  readonly method: string;
  readonly target: string;
  readonly wantsPage: boolean;
};

/**
 * What `verifyAdmission` (or the session cookie) answered. `absent`: nothing was shown; `used`: Usher
 * says that it was exchanged before; `no-cookies`: the browser keeps none; `unavailable`: it cannot be
 * known now.
 */
export type ShownAdmission = {
  readonly kind: "valid" | "absent" | "used" | "no-cookies" | "unavailable" | AdmissionRefusal;
};

export type RefusalCode =
  | "not-admitted"
  | "admission-invalid"
  | "admission-expired"
  | "admission-used"
  | "cookies-needed"
  | "briefly-unavailable"
  | "ambiguous-path";

export const statusOf: Readonly<Record<RefusalCode, number>> = {
  "not-admitted": 403,
  "admission-invalid": 403,
  "admission-expired": 403,
  "admission-used": 409,
  "cookies-needed": 400,
  "briefly-unavailable": 503,
  "ambiguous-path": 400,
};

export type Decision =
  | { readonly kind: "let-in" }
  /** Answer 302 with `Cache-Control: no-store`. */
  | { readonly kind: "to-waiting-room"; readonly location: string }
  /** Answer `statusOf[code]` with `Cache-Control: no-store` and this code. */
  | { readonly kind: "refuse"; readonly code: RefusalCode };

const maxTargetLength = 2_048;
/** The waiting room would send these straight back: a person is told here instead of going in circles. */
const staysHere: ReadonlySet<string> = new Set(["used", "no-cookies", "unavailable"]);

export function decide(
  rules: GuardRules,
  request: RequestFacts,
  admission: ShownAdmission,
): Decision {
  const path = plainPath(request.target);
  if (path === undefined) return { kind: "refuse", code: "ambiguous-path" };
  const covers = (prefix: string) => isBelow(path, prefix.toLowerCase());
  const guarded = rules.protectedPaths.some(covers) && !rules.openPaths?.some(covers);
  if (!guarded || admission.kind === "valid") return { kind: "let-in" };
  const looksAtPage = request.wantsPage && (request.method === "GET" || request.method === "HEAD");
  if (!looksAtPage || staysHere.has(admission.kind)) {
    return { kind: "refuse", code: codeOf(admission.kind) };
  }
  const location = new URL(rules.waitingRoomUrl);
  // Only path and query travel, never an origin: the waiting room cannot be made an open redirect.
  location.searchParams.set("return", request.target);
  return { kind: "to-waiting-room", location: location.href };
}

/** The path in lower case, percent-decoded once; undefined where two servers could read it differently. */
export function plainPath(target: string): string | undefined {
  if (target.length > maxTargetLength || !target.startsWith("/")) return undefined;
  const raw = target.split(/[?#]/, 1)[0] ?? "";
  if (/%(?:2f|5c|25|00)/i.test(raw)) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    return undefined;
  }
  if (/[\\;\u0000-\u001f\u007f]|\/\/|\/\.{1,2}(?:\/|$)/.test(path)) return undefined;
  return path.toLowerCase();
}

function isBelow(path: string, prefix: string): boolean {
  const stem = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  return path === stem || path.startsWith(`${stem}/`);
}

function codeOf(kind: Exclude<ShownAdmission["kind"], "valid">): RefusalCode {
  switch (kind) {
    case "absent":
      return "not-admitted";
    case "expired":
    case "stale-epoch":
      return "admission-expired";
    case "used":
      return "admission-used";
    case "no-cookies":
      return "cookies-needed";
    case "unavailable":
      return "briefly-unavailable";
    default:
      return "admission-invalid";
  }
}

// The guard in front of everything under /desk/api: an operator's session, by cookie. Viewers read,
// operators and owners act. Keeps: an unsafe request comes from our own pages (SameSite=Strict, and
// the browser's word for where it comes from); what cannot be verified is refused.
// Read next: sign-in.ts (how the cookie comes to be).

import { cookieName, readCookie } from "../../../http/cookies.ts";
import { type Call, type Handler, callWith } from "../../../http/mount.ts";
import { Refusal } from "../../../http/respond.ts";
import type { Operator, Operators } from "../../../ports/catalog.ts";
import { refuseCrossSite } from "../../guard.ts";

export type Seated = Call & { operator: Operator };
export type SeatedHandler = (call: Seated) => Response | Promise<Response>;

export type OperatorGuard = {
  /** Anybody signed in. */
  reads(handler: SeatedHandler): Handler;
  /** Operators and owners. */
  acts(handler: SeatedHandler): Handler;
  token(request: Request): string | undefined;
};

const tokenShape = /^[0-9A-Za-z_-]{43}$/;

export function deskCookie(secure: boolean): string {
  return cookieName("usher-desk", secure);
}

export function openOperatorGuard(
  operators: Pick<Operators, "bySession">,
  secureCookies: boolean,
): OperatorGuard {
  const token = (request: Request) => {
    const found = readCookie(request, deskCookie(secureCookies));
    return found !== undefined && tokenShape.test(found) ? found : undefined;
  };
  const seated = async (call: Call): Promise<Seated> => {
    refuseCrossSite(call.request);
    const shown = token(call.request);
    const operator = shown === undefined ? undefined : await operators.bySession(shown);
    if (operator === undefined) throw new Refusal("sign-in-needed");
    return callWith(call, { operator });
  };
  return {
    token,
    reads: (handler) => async (call) => await handler(await seated(call)),
    acts: (handler) => async (call) => {
      const who = await seated(call);
      if (who.operator.role === "viewer") throw new Refusal("forbidden");
      return await handler(who);
    },
  };
}

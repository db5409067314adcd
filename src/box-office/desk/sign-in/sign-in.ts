// Signing in and out. A wrong e-mail and a wrong password get the same answer in the same time (the
// store sees to that); repeated failures are slowed (attempts.ts). The session is a random token in a
// cookie that only this origin's own pages send (HttpOnly, SameSite=Strict, `__Host-` over https).

import { z } from "zod";
import type { Clock } from "../../../foundation/clock.ts";
import { isFault } from "../../../foundation/fault.ts";
import { setCookie } from "../../../http/cookies.ts";
import type { Handler, Mounted } from "../../../http/mount.ts";
import { readJson } from "../../../http/read-body.ts";
import { json, Refusal } from "../../../http/respond.ts";
import type { Operator, Operators } from "../../../ports/catalog.ts";
import type { DeskMe } from "../../../wire/desk-contract.ts";
import { refuseCrossSite } from "../../guard.ts";
import { openAttempts } from "./attempts.ts";
import { deskCookie, type OperatorGuard } from "./operator-guard.ts";

const body = z.object({ email: z.string().min(3).max(254), password: z.string().min(1).max(200) });

type Deps = { operators: Operators; guard: OperatorGuard; clock: Clock; secureCookies: boolean };

export function signInRoutes({ operators, guard, clock, secureCookies }: Deps): Mounted {
  const attempts = openAttempts(operators.failures);
  const cookie = (value: string, maxAgeSec: number) =>
    setCookie(deskCookie(secureCookies), value, {
      secure: secureCookies,
      maxAgeSec,
      sameSite: "Strict",
    });
  const me = (operator: Operator): DeskMe => ({ ...operator, now: clock.now() });

  const signIn: Handler = async ({ request, ip }) => {
    refuseCrossSite(request);
    const { email, password } = await readJson(request, body);
    const attempt = await attempts.begin(ip, email, clock.now());
    if (attempt.kind === "wait") {
      throw new Refusal("sign-in-slowed", { retryAfterMs: attempt.retryAfterMs });
    }
    const signedIn = await operators.signIn(email, password).catch((error: unknown) => {
      if (isFault(error, "sign-in-busy")) {
        throw new Refusal("sign-in-slowed", { retryAfterMs: 2_000 });
      }
      throw error;
    });
    if (signedIn === undefined) throw new Refusal("sign-in-failed");
    await attempt.succeeded();
    const { operator, token, expiresAt } = signedIn;
    await operators.audit({
      operatorId: operator.operatorId,
      action: "desk.sign-in",
      subject: operator.operatorId,
      detail: {},
    });
    const maxAgeSec = Math.max(1, (expiresAt - clock.now()) / 1_000);
    return json(me(operator), 200, { "set-cookie": cookie(token, maxAgeSec) });
  };

  return {
    deskSignIn: { POST: signIn },
    deskSignOut: {
      POST: async ({ request }) => {
        refuseCrossSite(request);
        const token = guard.token(request);
        if (token !== undefined) await operators.signOut(token);
        return json({ kind: "signed-out" }, 200, { "set-cookie": cookie("", 0) });
      },
    },
    deskMe: { GET: guard.reads(({ operator }) => json(me(operator))) },
  };
}

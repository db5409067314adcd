// The guard in front of everything that a gate's phone asks for: a random token in a cookie, kept as a
// hash, ended at the desk at any moment. Signing in needs a code made at the desk: good once, for a
// quarter of an hour, and guessing is slowed as it is for operators.

import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../foundation/clock.ts";
import { cookieName, readCookie, setCookie } from "../../http/cookies.ts";
import { type Call, type Handler, callWith } from "../../http/mount.ts";
import { readJson } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { DoorStore, GateDevice } from "../../ports/tickets/door-store.ts";
import type { Attempts } from "../desk/sign-in/attempts.ts";
import { refuseCrossSite } from "../guard.ts";

export type GateGuardDeps = {
  door: DoorStore;
  attempts: Attempts;
  clock: Clock;
  secureCookies: boolean;
};
export type AtGate = Call & { device: GateDevice };

export const deviceCodeMs = 15 * 60_000;
/** Without letters that are taken for digits (Crockford's base 32): 40 bits. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const codeLength = 8;
const cookieSec = 30 * 86_400;

export const hashOfSecret = (secret: string) => createHash("sha256").update(secret).digest("hex");

export function newDeviceCode(): string {
  return Array.from(randomBytes(codeLength), (byte) => alphabet[byte % 32]).join("");
}

/** As somebody types it: small letters, spaces, an O for a 0. */
function readDeviceCode(typed: string): string {
  const plain = typed.toUpperCase().replace(/[\s-]/g, "");
  return plain.replace(/O/g, "0").replace(/[IL]/g, "1");
}

const body = z.object({ code: z.string().min(1).max(40) });

export function openGateGuard({ door, attempts, clock, secureCookies }: GateGuardDeps) {
  const name = cookieName("usher-gate", secureCookies);
  const cookie = (value: string, maxAgeSec: number) => ({
    "set-cookie": setCookie(name, value, { secure: secureCookies, maxAgeSec, sameSite: "Strict" }),
  });
  return {
    at:
      (handler: (call: AtGate) => Response | Promise<Response>): Handler =>
      async (call) => {
        refuseCrossSite(call.request);
        const token = readCookie(call.request, name);
        const isToken = token !== undefined && /^[0-9A-Za-z_-]{43}$/.test(token);
        const device = isToken ? await door.device(hashOfSecret(token)) : undefined;
        if (device === undefined) throw new Refusal("gate-sign-in-needed");
        return await handler(callWith(call, { device }));
      },
    async signIn(call: Call, answer: (device: GateDevice) => Promise<unknown>): Promise<Response> {
      refuseCrossSite(call.request);
      const { code } = await readJson(call.request, body, 1_024);
      const attempt = await attempts.begin(call.ip, `gate ${call.ip}`, clock.now());
      if (attempt.kind === "wait") {
        throw new Refusal("sign-in-slowed", { retryAfterMs: attempt.retryAfterMs });
      }
      const token = randomBytes(32).toString("base64url");
      const device = await door.signIn(hashOfSecret(readDeviceCode(code)), hashOfSecret(token));
      if (device === undefined) throw new Refusal("gate-code-wrong");
      await attempt.succeeded();
      return json(await answer(device), 200, cookie(token, cookieSec));
    },
    signOut: () => json({ kind: "signed-out" }, 200, cookie("", 0)),
  };
}

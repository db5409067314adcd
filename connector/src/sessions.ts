// The sessions of one shop process: reading the cookie, beginning one for an admission, asking Usher
// from time to time whether it still stands, ending it. A cookie is believed for `confirmMs` without
// asking; while Usher cannot be asked, for `staleMs` at most (a revocation reaches every shop process
// within the first, an outage ends shopping after the second).

import type { AdmissionClaims } from "./admission-token.ts";
import type { Command, CommandReply, CommandSender } from "./origin/commands.ts";
import type { OriginKey } from "./origin/origin-key.ts";
import { readSession, type Session, sealSession } from "./session.ts";

export type SessionsOptions = {
  readonly onSale: string;
  readonly key: () => Promise<OriginKey>;
  readonly send: CommandSender;
  readonly now: () => number;
  /** Undefined: Usher is never asked; the cookie's own end is all there is. */
  readonly confirmMs: number | undefined;
  readonly staleMs: number;
  readonly secureCookies: boolean;
};

/** `cookies`: complete Set-Cookie lines for the answer. */
export type Looked =
  | { readonly kind: "valid"; readonly session: Session; readonly cookies: readonly string[] }
  | {
      readonly kind: "absent" | "expired" | "admission-invalid" | "unavailable";
      readonly cookies: readonly string[];
    };

export type Sessions = {
  look(cookieHeader: string | undefined): Promise<Looked>;
  begin(claims: AdmissionClaims, expiresAt: number): Promise<string>;
  /** A command about this session; the cookies go with the answer to the same browser. */
  tell(
    session: Session,
    command: "extend" | "done" | "revoke",
    forMs?: number,
  ): Promise<{ reply: CommandReply; cookies: readonly string[] }>;
  nonceOf(cookieHeader: string | undefined): string | undefined;
  nonceCookie(nonce: string): string;
};

/** Ended admissions that this process remembers until its cookies are stale; the oldest go first. */
const maxEnded = 10_000;
const nonceSec = 600;

export function openSessions(options: SessionsOptions): Sessions {
  const { onSale, key, send, now, confirmMs, staleMs, secureCookies } = options;
  const prefix = secureCookies ? "__Host-" : "";
  const sessionName = `${prefix}usher-origin-${onSale}`;
  const nonceName = `${prefix}usher-nonce-${onSale}`;
  const ended = new Set<string>();
  const asking = new Map<string, Promise<CommandReply>>();

  const cookie = (name: string, value: string, maxAgeSec: number) =>
    `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.max(0, Math.ceil(maxAgeSec))}${secureCookies ? "; Secure" : ""}`;
  const gone = [cookie(sessionName, "", 0)];
  const sealed = async (session: Session) =>
    cookie(
      sessionName,
      await sealSession((await key()).sealing, session),
      (session.expiresAt - now()) / 1000,
    );
  const end = (admissionId: string) => {
    const [oldest] = ended;
    if (ended.size >= maxEnded && oldest !== undefined) ended.delete(oldest);
    ended.add(admissionId);
  };
  /** A page asks for many things at once: one question for all of them. */
  const askOnce = ({ admissionId, epoch }: Session): Promise<CommandReply> => {
    const running = asking.get(admissionId);
    if (running !== undefined) return running;
    const reply = send({ command: "look", admissionId, epoch }).finally(() =>
      asking.delete(admissionId),
    );
    asking.set(admissionId, reply);
    return reply;
  };
  const renewed = async (session: Session, shopUntil: number): Promise<Looked> => {
    const fresh = { ...session, confirmedAt: now(), expiresAt: shopUntil };
    return { kind: "valid", session: fresh, cookies: [await sealed(fresh)] };
  };

  return {
    async look(cookieHeader) {
      const text = readCookie(cookieHeader, sessionName);
      if (text === undefined) return { kind: "absent", cookies: [] };
      const reading = await readSession((await key()).sealing, text, { onSale, now: now() });
      if (reading.kind === "expired") return { kind: "expired", cookies: gone };
      if (reading.kind !== "valid") return { kind: "admission-invalid", cookies: gone };
      const { session } = reading;
      if (ended.has(session.admissionId)) return { kind: "expired", cookies: gone };
      const ageMs = now() - session.confirmedAt;
      if (confirmMs === undefined || ageMs < confirmMs) {
        return { kind: "valid", session, cookies: [] };
      }
      const reply = await askOnce(session);
      if (reply.kind === "active") return await renewed(session, reply.shopUntil);
      if (reply.kind === "ended" || reply.kind === "used") {
        end(session.admissionId);
        return { kind: "expired", cookies: gone };
      }
      if (ageMs < staleMs) return { kind: "valid", session, cookies: [] };
      return { kind: "unavailable", cookies: [] };
    },
    begin: ({ entry, admissionId, epoch }, expiresAt) =>
      sealed({ onSale, entry, admissionId, epoch, confirmedAt: now(), expiresAt }),
    async tell(session, command, forMs) {
      const reply = await send(commandFor(session, command, forMs));
      if (command !== "extend") {
        // Out of this shop at once, also where Usher could not be told.
        end(session.admissionId);
        return { reply, cookies: gone };
      }
      if (reply.kind === "ended") return { reply, cookies: gone };
      if (reply.kind !== "active") return { reply, cookies: [] };
      return { reply, cookies: (await renewed(session, reply.shopUntil)).cookies };
    },
    nonceOf(cookieHeader) {
      const nonce = readCookie(cookieHeader, nonceName);
      return nonce !== undefined && /^[0-9A-Za-z_-]{16,64}$/.test(nonce) ? nonce : undefined;
    },
    nonceCookie: (nonce) => cookie(nonceName, nonce, nonceSec),
  };
}

function commandFor(
  { admissionId, epoch }: Session,
  command: "extend" | "done" | "revoke",
  forMs: number | undefined,
): Command {
  if (command !== "extend") return { command, admissionId };
  return { command, admissionId, epoch, ...(forMs === undefined ? {} : { forMs }) };
}

function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || header.length > 16_384) return undefined;
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

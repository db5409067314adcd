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

/** What Usher said of so many admissions is remembered in this process; the oldest goes first. */
const maxHeard = 10_000;
/** So long one answer counts: for a page's many requests, and, where none came, so that not every
 * request waits for it in vain. */
const quietMs = 5_000;
const nonceSec = 600;

export function openSessions(options: SessionsOptions): Sessions {
  const { onSale, key, send, now, confirmMs, staleMs, secureCookies } = options;
  const prefix = secureCookies ? "__Host-" : "";
  const sessionName = `${prefix}usher-origin-${onSale}`;
  const nonceName = `${prefix}usher-nonce-${onSale}`;
  const heard = openHeard(now);

  const cookie = (name: string, value: string, maxAgeSec: number) =>
    `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.max(0, Math.ceil(maxAgeSec))}${secureCookies ? "; Secure" : ""}`;
  const gone = [cookie(sessionName, "", 0)];
  const sealed = async (session: Session) =>
    cookie(
      sessionName,
      await sealSession((await key()).sealing, session),
      (session.expiresAt - now()) / 1000,
    );
  /** A page asks for many things at once, with one cookie: one question for all of them. */
  const ask = ({ admissionId, epoch }: Session): Promise<CommandReply> => {
    const known = heard.of(admissionId);
    if (known !== undefined) return known;
    const reply = send({ command: "look", admissionId, epoch });
    heard.keep(admissionId, reply);
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
      if (heard.hasEnded(session.admissionId)) return { kind: "expired", cookies: gone };
      const ageMs = now() - session.confirmedAt;
      if (confirmMs === undefined || ageMs < confirmMs) {
        return { kind: "valid", session, cookies: [] };
      }
      const reply = await ask(session);
      if (reply.kind === "active") return await renewed(session, reply.shopUntil);
      if (reply.kind === "ended" || reply.kind === "used")
        return { kind: "expired", cookies: gone };
      if (ageMs < staleMs) return { kind: "valid", session, cookies: [] };
      return { kind: "unavailable", cookies: [] };
    },
    begin: ({ entry, admissionId, epoch }, expiresAt) =>
      sealed({ onSale, entry, admissionId, epoch, confirmedAt: now(), expiresAt }),
    async tell(session, command, forMs) {
      const reply = await send(commandFor(session, command, forMs));
      // Out of this shop at once, also where Usher could not be told.
      const known: CommandReply = command === "extend" ? reply : { kind: "ended" };
      heard.keep(session.admissionId, Promise.resolve(known), known);
      if (command !== "extend") return { reply, cookies: gone };
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

/** What Usher said last of each admission, for as long as it need not be asked again. */
function openHeard(now: () => number) {
  type Heard = { at: number; reply: Promise<CommandReply>; settled: CommandReply | undefined };
  const all = new Map<string, Heard>();
  const isFresh = ({ at, settled }: Heard): boolean =>
    settled === undefined || settled.kind === "ended" || now() - at < quietMs;
  return {
    of(admissionId: string): Promise<CommandReply> | undefined {
      const found = all.get(admissionId);
      return found !== undefined && isFresh(found) ? found.reply : undefined;
    },
    hasEnded: (admissionId: string) => all.get(admissionId)?.settled?.kind === "ended",
    keep(admissionId: string, reply: Promise<CommandReply>, settled?: CommandReply): void {
      const entry: Heard = { at: now(), reply, settled };
      all.delete(admissionId);
      const [oldest] = all.keys();
      if (all.size >= maxHeard && oldest !== undefined) all.delete(oldest);
      all.set(admissionId, entry);
      // Never rejects: commands.ts answers `unavailable` instead.
      void reply.then((said) => {
        entry.settled = said;
      });
    },
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

// Who may sit at the desk, and what they did. Keeps: a password is stored as argon2id only, a session
// token as its SHA-256 only; a wrong e-mail costs the same time as a wrong password, so that nobody
// learns who works here; the audit is only ever added to. Password checks take 64 MB and tens of
// milliseconds each, so few run at once and the rest is refused rather than queued without end.

import { createHash, randomBytes } from "node:crypto";
import type { Bound } from "../../foundation/bounds.ts";
import { Fault } from "../../foundation/fault.ts";
import { newId } from "../../foundation/ids.ts";
import type { Operator, Operators } from "../../ports/catalog.ts";
import { now } from "../../ports/reads/freshness.ts";
import { type Database, statement } from "./database.ts";
import { openSignInFailures } from "./desk/sign-in-failures.ts";

const sessionMs = 12 * 60 * 60 * 1_000;
const maxPasswordLength = 200;
const maxEmailLength = 254;
const maxChecksAtOnce = 2;
const maxChecksWaiting = 50;
const maxTrail = 500;

// Written as SQL because it is the database's clock that ends a session.
const startSession = statement(
  "operator-session-start",
  `with ended as (delete from operator_sessions where expires_at <= now_ms())
   insert into operator_sessions (token_hash, operator_id, expires_at)
   values ($1, $2, now_ms() + $3) returning expires_at`,
);
const sessionOperator = statement(
  "operator-by-session",
  `select o.operator_id as "operatorId", o.email, o.name, o.role
   from operator_sessions s join operators o using (operator_id)
   where s.token_hash = $1 and s.expires_at > now_ms()`,
);

const setPassword = statement(
  "operator-set-password",
  `with changed as (update operators set password_hash = $2 where email = $1 returning operator_id),
        ended as (delete from operator_sessions s using changed c where s.operator_id = c.operator_id)
   select operator_id from changed`,
);

function refuseWeak(password: string): void {
  if (password.length >= 8 && password.length <= maxPasswordLength) return;
  throw new Fault("operator-password", `a password has 8 to ${maxPasswordLength} characters`);
}

const normal = (email: string) => email.trim().toLowerCase();
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
const operatorColumns = ["operator_id as operatorId", "email", "name", "role"] as const;

export function openOperators(database: Database): Operators {
  const { typed, run } = database;
  const gate = passwordGate();

  return {
    failures: openSignInFailures(database),
    bounds: () => ({ password_checks: gate.bound }),
    async count() {
      const row = await run(
        typed
          .selectFrom("operators")
          .select((is) => is.fn.countAll<number>().as("count"))
          .executeTakeFirstOrThrow(),
      );
      return row.count;
    },
    async create({ email, name, role, password }) {
      refuseWeak(password);
      if (normal(email).length > maxEmailLength || !/^[^\s@]+@[^\s@]+$/.test(normal(email))) {
        throw new Fault("operator-email", "the operator's e-mail is not an address");
      }
      const password_hash = await gate.pass(() => Bun.password.hash(password, "argon2id"));
      const operator = await run(
        typed
          .insertInto("operators")
          .values({
            operator_id: newId("operator"),
            email: normal(email),
            name,
            role,
            password_hash,
          })
          .onConflict((conflict) => conflict.column("email").doNothing())
          .returning(operatorColumns)
          .executeTakeFirst(),
      );
      if (!operator) throw new Fault("operator-exists", "an operator has this e-mail already");
      return operator;
    },
    async setPassword(email, password) {
      refuseWeak(password);
      const hash = await gate.pass(() => Bun.password.hash(password, "argon2id"));
      const changed = await database.rows(setPassword, [normal(email), hash]);
      return changed.length > 0;
    },
    ...signingIn(database, gate),
    ...sessions(database),
    ...auditTrail(database),
  };
}

function signingIn({ typed, run, rows }: Database, gate: PasswordGate): Pick<Operators, "signIn"> {
  // Verified against when the e-mail is unknown; made once, of a password nobody has.
  let decoy: Promise<string> | undefined;
  return {
    async signIn(email, password) {
      if (email.length > maxEmailLength || password.length > maxPasswordLength) return undefined;
      decoy ??= Bun.password.hash(randomBytes(16).toString("hex"), "argon2id");
      const row = await run(
        typed
          .selectFrom("operators")
          .select([...operatorColumns, "password_hash"])
          .where("email", "=", normal(email))
          .executeTakeFirst(),
      );
      const hash = row?.password_hash ?? (await decoy);
      const isRight = await gate.pass(() => Bun.password.verify(password, hash));
      if (!isRight || row === undefined) return undefined;
      const { password_hash: _, ...operator } = row;
      const token = randomBytes(32).toString("base64url");
      const [session] = await rows<{ expires_at: number }>(startSession, [
        hashOf(token),
        operator.operatorId,
        sessionMs,
      ]);
      return { operator, token, expiresAt: session?.expires_at ?? 0 };
    },
  };
}

function sessions(database: Database): Pick<Operators, "bySession" | "signOut"> {
  const { typed, run } = database;
  return {
    async bySession(token) {
      const [operator] = await database.rows<Operator>(sessionOperator, [hashOf(token)]);
      return operator;
    },
    async signOut(token) {
      await run(
        typed.deleteFrom("operator_sessions").where("token_hash", "=", hashOf(token)).execute(),
      );
    },
  };
}

function auditTrail({ typed, run, read }: Database): Pick<Operators, "audit" | "auditTrail"> {
  return {
    async audit({ operatorId, action, subject, detail }) {
      await run(
        typed
          .insertInto("audit")
          .values({
            operator_id: operatorId ?? null,
            action,
            subject,
            detail: JSON.stringify(detail ?? {}),
          })
          .execute(),
      );
    },
    async auditTrail(limit, before, freshness = now) {
      const rows = await read(freshness, async (from) => {
        const newest = from.typed
          .selectFrom("audit")
          .select(["at", "operator_id", "action", "subject", "detail"])
          .orderBy("id", "desc")
          .limit(Math.min(limit, maxTrail));
        const asked = before === undefined ? newest : newest.where("at", "<", before);
        return await from.run(asked.execute());
      });
      return rows.map(({ operator_id, ...row }) => ({
        ...row,
        operatorId: operator_id ?? undefined,
      }));
    },
  };
}

type PasswordGate = { pass<T>(work: () => Promise<T>): Promise<T>; readonly bound: Bound };

function passwordGate(): PasswordGate {
  let running = 0;
  const waiting: (() => void)[] = [];
  const pass = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= maxChecksAtOnce) {
      if (waiting.length >= maxChecksWaiting) {
        throw new Fault("sign-in-busy", "too many people sign in at once", { retryable: true });
      }
      // Who ends hands the place over, so nobody slips in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
  return {
    pass,
    get bound() {
      return { size: waiting.length, limit: maxChecksWaiting };
    },
  };
}

// The installation's keys where the hot paths want them: at hand, without waiting. Re-read every few
// seconds; a key is announced (ports/keys.ts) long before it signs, so a process that is a little behind
// refuses nobody (Q11). If PostgreSQL is away, the last keys known go on.

import { type AdmissionVerifier, openKeySet } from "../../connector/src/admission-token.ts";
import type { Log } from "../foundation/log.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";
import type { Keys, SigningKeys } from "../ports/keys.ts";

const refreshMs = 10_000;

export type KeyRing = {
  readonly queue: SealingKeys;
  readonly session: SealingKeys;
  readonly admission: SigningKeys;
  readonly admissionVerifier: AdmissionVerifier;
  readonly ticket: SigningKeys;
  close(): void;
};

type Held = Omit<KeyRing, "close">;

export async function openKeyRing(keys: Keys, log: Log): Promise<KeyRing> {
  let held = await read(keys);
  const timer = setInterval(() => {
    read(keys)
      .then((fresh) => {
        held = fresh;
      })
      .catch((error: unknown) =>
        log.warn({ err: String(error) }, "keys not re-read; the last ones stay"),
      );
  }, refreshMs);
  return {
    get queue() {
      return held.queue;
    },
    get session() {
      return held.session;
    },
    get admission() {
      return held.admission;
    },
    get admissionVerifier() {
      return held.admissionVerifier;
    },
    get ticket() {
      return held.ticket;
    },
    close: () => clearInterval(timer),
  };
}

async function read(keys: Keys): Promise<Held> {
  const [queue, session, admission, ticket] = await Promise.all([
    keys.sealing("queue-token"),
    keys.sealing("shop-session"),
    keys.signing("admission-token"),
    keys.signing("ticket"),
  ]);
  const admissionVerifier = await openKeySet({ keys: admission.publicKeys });
  return { queue, session, admission, admissionVerifier, ticket };
}

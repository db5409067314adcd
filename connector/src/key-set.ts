// The published keys of a Usher, as a shop holds them: fetched when they are first needed, kept, read
// again now and then, and once more when a token names a key that is not known yet (a rotation), but no
// more often than `retryMs`, so that forged key ids cannot make the shop hammer Usher.
// Fails closed: keys that could not be read again for `staleMs` are not believed any more.

import {
  type AdmissionExpectation,
  type AdmissionKeySet,
  type AdmissionReading,
  type AdmissionVerifier,
  openKeySet,
  verifyAdmission,
} from "./admission-token.ts";

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** Spans in ms. `now` and `fetch` are the platform's where they are left out. */
export type KeySourceOptions = {
  /** Address of the key set: https://queue.example/q/keys.json. */
  readonly address: string;
  readonly fetch?: Fetch | undefined;
  readonly now?: (() => number) | undefined;
  /** Older keys are read again, beside the requests (default: a minute). */
  readonly maxAgeMs?: number | undefined;
  /** Older keys are not used any more (default: an hour). */
  readonly staleMs?: number | undefined;
  /** The least time between two readings (default: ten seconds). */
  readonly retryMs?: number | undefined;
};

export type KeySource = {
  /** `unavailable`: no keys that may still be believed. Let nobody in on it. */
  verify(
    token: string,
    expected: AdmissionExpectation,
  ): Promise<AdmissionReading | { readonly kind: "unavailable" }>;
};

const timeoutMs = 3_000;
const maxBytes = 64 * 1024;
const never = Number.NEGATIVE_INFINITY;

export function openKeySource(options: KeySourceOptions): KeySource {
  const { address, now = Date.now, maxAgeMs = 60_000 } = options;
  const { staleMs = 3_600_000, retryMs = 10_000 } = options;
  const ask: Fetch = options.fetch ?? ((to, init) => fetch(to, init));
  let held: AdmissionVerifier | undefined;
  let readAt = never;
  let triedAt = never;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const response = await ask(address, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
      // Not followed, and refused below: it could lead to somebody else's keys. ("error" is not known to
      // every edge runtime.)
      redirect: "manual",
    });
    if (!response.ok) throw new Error(`key set: ${response.status}`);
    const text = await response.text();
    if (text.length > maxBytes) throw new Error("key set: too large");
    const set = await openKeySet(JSON.parse(text) as AdmissionKeySet);
    if (set.keys.size === 0) throw new Error("key set: empty");
    held = set;
    readAt = now();
  };
  /** One reading at a time; a failed one leaves the keys as they are. */
  const refresh = (): Promise<void> => {
    if (reading === undefined && now() - triedAt >= retryMs) {
      triedAt = now();
      reading = read()
        .catch(() => {})
        .finally(() => {
          reading = undefined;
        });
    }
    return reading ?? Promise.resolve();
  };
  const usable = () => (now() - readAt < staleMs ? held : undefined);

  return {
    async verify(token, expected) {
      if (usable() === undefined) await refresh();
      else if (now() - readAt >= maxAgeMs) void refresh();
      const keys = usable();
      if (keys === undefined) return { kind: "unavailable" };
      const first = await verifyAdmission(keys, token, expected);
      if (first.kind !== "unknown-key") return first;
      await refresh();
      const renewed = usable();
      if (renewed === undefined) return { kind: "unavailable" };
      return renewed === keys ? first : await verifyAdmission(renewed, token, expected);
    },
  };
}

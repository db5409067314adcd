// The draw, checked by whoever was drawn: the same algorithm as domain/waiting-room/draw.ts, written a
// second time on purpose, on WebCrypto alone and without a line in common, so that an error in one
// cannot hide in the other. The waiting page runs it for the own place, `usher verify-draw` for many.
// It computes only the round values that the given place needs: some 70 HMACs for one fan of a million.
// The specification is docs/draw.md; both are held to src/wire/draw-vectors.json.

export type PublishedDraw = {
  /** 64 hex characters, published when the on-sale was created. */
  readonly commitment: string;
  /** 64 hex characters, revealed at the opening. */
  readonly seed: string;
  /** N, how many entries were drawn. */
  readonly cohort: number;
};

export type DrawCheck =
  /** `position` is where `index` stands, counted from 0. */
  | { readonly kind: "holds"; readonly position: number }
  /** The seed is not the one that was promised. */
  | { readonly kind: "broken-promise" }
  /** The published document is not a draw. */
  | { readonly kind: "malformed" };

export type DrawChecker = { check(index: number): Promise<DrawCheck> };

/** Verifies the commitment once; the checker then answers for any index and remembers its HMACs. */
export async function openDrawCheck(published: PublishedDraw): Promise<DrawChecker> {
  const { commitment, cohort } = published;
  const seed = bytesOfHex(published.seed);
  const wellFormed =
    seed?.length === 32 && Number.isInteger(cohort) && cohort >= 0 && cohort < 2 ** 32;
  if (seed === undefined || !wellFormed) return always({ kind: "malformed" });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", seed));
  if (hexOf(digest) !== commitment) return always({ kind: "broken-promise" });

  const permute = await permutation(seed, cohort);
  return {
    async check(index) {
      if (!Number.isSafeInteger(index) || index < 0) return { kind: "malformed" };
      let value = index;
      if (index < cohort) {
        do value = await permute(value);
        while (value >= cohort);
      }
      return { kind: "holds", position: value };
    },
  };
}

/** One fan's own check. */
export async function checkDraw(published: PublishedDraw, index: number): Promise<DrawCheck> {
  return (await openDrawCheck(published)).check(index);
}

async function permutation(
  seed: Uint8Array<ArrayBuffer>,
  cohort: number,
): Promise<(value: number) => Promise<number>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", seed, algorithm, false, ["sign"]);
  let bits = 4;
  while (2 ** (2 * bits) <= cohort) bits++;
  const half = 2 ** bits;
  const known = new Map<number, DataView>();

  const roundValue = async (round: number, x: number) => {
    const block = Math.floor(x / 8);
    const name = round * half + block;
    let words = known.get(name);
    if (words === undefined) {
      const message = new Uint8Array(21);
      message.set(new TextEncoder().encode("usher-draw-1"));
      const numbers = new DataView(message.buffer);
      numbers.setUint32(12, cohort);
      numbers.setUint8(16, round);
      numbers.setUint32(17, block);
      words = new DataView(await crypto.subtle.sign("HMAC", key, message));
      known.set(name, words);
    }
    return words.getUint32((x % 8) * 4) % half;
  };
  return async (value) => {
    let left = Math.floor(value / half);
    let right = value % half;
    for (let round = 0; round < 16; round++) {
      const turned = left ^ (await roundValue(round, right));
      left = right;
      right = turned;
    }
    return left * half + right;
  };
}

function always(outcome: DrawCheck): DrawChecker {
  return { check: () => Promise.resolve(outcome) };
}

function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^(?:[0-9a-f]{2}){1,64}$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

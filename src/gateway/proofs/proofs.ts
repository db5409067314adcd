// Who may stand in this line, where the on-sale asks: a presale code (presale-code.ts) or the word of a
// shop of one's own (connector/src/origin/identity.ts), both believed by their signature, without a
// store. Fails closed: what is not proved gets no place.
//
// Wrong codes are counted by network, in this process alone: what keeps guessers out is the signature
// (55 bits); the count keeps them from costing anything. A slip of the finger is no guess.

import { readIdentity } from "../../../connector/src/origin/identity.ts";
import { type Identity, identityOf } from "../../domain/waiting-room/identity.ts";
import {
  identityOfCode,
  isWellTyped,
  readPresaleCode,
} from "../../domain/waiting-room/presale-code.ts";
import { unreachable } from "../../foundation/assert.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { SealingKeys } from "../../foundation/sealed-bytes.ts";
import type { Bound, Bounds } from "../../foundation/bounds.ts";
import { networkOf } from "../../http/caller.ts";
import { Refusal } from "../../http/respond.ts";
import type { CheckingKeys } from "./checking-keys.ts";
import type { Line } from "../line.ts";

/** What came with a join. */
export type Shown = { code?: string | undefined; identity?: string | undefined };

export type Proofs = {
  /**
   * Throws the refusal where nothing was shown that the on-sale asks for, or nothing that may be it: a slip
   * is told before anybody works for an answer.
   */
  mustShow(line: Line, shown: Shown): void;
  /** Whom the place is for; undefined where the on-sale does not ask. Throws the refusal. */
  identityFor(line: Line, shown: Shown, address: string): Promise<Identity | undefined>;
  bounds: Bounds;
};

const guessSpanMs = 60_000;
/** A carrier's network has many honest fans with last year's code; a guesser needs a billion times more. */
const guessesOfNetwork = 100;
/** Beyond so many networks in one span everybody waits for the next: it is a flood. */
const maxNetworks = 100_000;

export function openProofs(deps: {
  queueKeys: () => SealingKeys;
  checkingKeys: CheckingKeys;
  clock: Clock;
}): Proofs {
  const { queueKeys, checkingKeys: keyOf, clock } = deps;
  const guesses = openGuesses(clock);

  const ofCode = (line: Line, code: string, address: string): Identity => {
    const network = networkOf(address);
    guesses.refuseTooMany(network);
    const reading = readPresaleCode(queueKeys(), code, line.onSaleId);
    switch (reading.kind) {
      case "valid":
        return identityOfCode(line.onSaleId, reading.code);
      case "mistyped":
        throw new Refusal("presale-code-mistyped");
      case "wrong":
        guesses.count(network);
        throw new Refusal("presale-code-wrong");
      default:
        return unreachable(reading);
    }
  };

  const ofShop = async (line: Line, word: string): Promise<Identity> => {
    const reading = await readIdentity(word, line.onSaleId, { keyOf, now: clock.now() });
    if (reading.kind === "valid") return identityOf("shop", reading.account, 1);
    throw new Refusal("identity-refused", { facts: { reason: reading.kind } });
  };

  return {
    bounds: () => ({ presale_guessers: guesses.bound() }),
    mustShow({ onSale }, { code = "", identity = "" }) {
      const { joinProof, shopUrl } = onSale.settings;
      if (joinProof === "presale-code") {
        if (code === "") throw new Refusal("presale-code-needed");
        if (!isWellTyped(code)) throw new Refusal("presale-code-mistyped");
      }
      if (joinProof === "shop-identity" && identity === "") {
        throw new Refusal("identity-needed", { facts: { shopUrl } });
      }
    },
    async identityFor(line, shown, address) {
      const { joinProof } = line.onSale.settings;
      switch (joinProof) {
        case undefined:
          return undefined;
        case "presale-code":
          return ofCode(line, shown.code ?? "", address);
        case "shop-identity":
          return await ofShop(line, shown.identity ?? "");
        default:
          return unreachable(joinProof);
      }
    },
  };
}

function openGuesses(clock: Clock) {
  let since = clock.now();
  let byNetwork = new Map<string, number>();
  return {
    bound: (): Bound => ({ size: byNetwork.size, limit: maxNetworks }),
    refuseTooMany(network: string): void {
      const age = clock.now() - since;
      if (age < 0 || age >= guessSpanMs) {
        since = clock.now();
        byNetwork = new Map();
      }
      const isFlood = byNetwork.size >= maxNetworks;
      if (!isFlood && (byNetwork.get(network) ?? 0) < guessesOfNetwork) return;
      throw new Refusal("rate-limited", { retryAfterMs: since + guessSpanMs - clock.now() });
    },
    count(network: string): void {
      byNetwork.set(network, (byNetwork.get(network) ?? 0) + 1);
    },
  };
}

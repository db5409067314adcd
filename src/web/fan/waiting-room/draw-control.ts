// "Check the draw yourself": recomputes the own number in this page from the revealed seed and holds
// the seed against the commitment that this browser kept before the opening. It says what it found,
// also where that is not what we would like.

import type { Frontier } from "../../../wire/contract.ts";
import { checkDraw } from "../../../wire/draw-check.ts";
import { formatNumber } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { WaitingRoomWords } from "../../i18n/ko/waiting-room.ts";

export type Finding = { tone: "right" | "wrong" | "unsaid"; text: string };

export type DrawQuestion = {
  draw: Frontier["draw"];
  index: number;
  position: number;
  /** Kept since before the opening, where the fan was here then. */
  keptCommitment: string | undefined;
};

export async function findingsOf(
  { draw, index, position, keptCommitment }: DrawQuestion,
  words: WaitingRoomWords["draw"],
  locale: Locale,
): Promise<Finding[]> {
  const { seed, cohort, commitment } = draw;
  if (seed === undefined || cohort === undefined || !globalThis.crypto?.subtle) {
    return [{ tone: "unsaid", text: words.impossible }];
  }
  const check = await checkDraw({ commitment: keptCommitment ?? commitment, seed, cohort }, index);
  if (check.kind !== "holds") return [{ tone: "wrong", text: words.seedDiffers }];
  const same = check.position === position;
  const number = formatNumber(check.position + 1, locale);
  return [
    keptCommitment === undefined
      ? { tone: "unsaid", text: words.seedUnseen }
      : { tone: "right", text: words.seedMatches },
    same
      ? { tone: "right", text: words.numberMatches(number) }
      : { tone: "wrong", text: words.numberDiffers(number) },
  ];
}

// What `usher verify-draw` says, in both languages: the verdict first, then what was looked at. Numbers
// are shown as fans see them, counted from 1; the index is the arrival number and counts from 0.

import type { DrawDocument } from "./published-draw.ts";
import type { DrawVerdict } from "./judge-draw.ts";

export type Language = "ko" | "en";

type Said = { published: DrawDocument; promised: string | undefined; index: number | undefined };

export function sayVerdict(verdict: DrawVerdict, said: Said, language: Language): string {
  const n = (value: number) => new Intl.NumberFormat(language).format(value);
  return (language === "ko" ? inKorean : inEnglish)(verdict, said, n).join("\n");
}

type Say = (verdict: DrawVerdict, said: Said, n: (value: number) => string) => string[];

const inEnglish: Say = (verdict, { published, promised, index }, n) => {
  switch (verdict.kind) {
    case "holds":
      return [
        "THE DRAW HOLDS.",
        promised === undefined
          ? "  seed         its SHA-256 is the published commitment"
          : "  seed         its SHA-256 is the commitment that you wrote down",
        verdict.counted === verdict.cohort
          ? `  order        ${n(verdict.cohort)} entries on ${n(verdict.cohort)} positions, every one counted: each has exactly one`
          : `  order        of ${n(verdict.cohort)} entries the first ${n(verdict.counted)} were counted: no position twice`,
        `  second look  ${n(verdict.compared)} positions computed again by another implementation: the same`,
        ...(verdict.position === undefined || index === undefined
          ? []
          : [`  index ${index}   is number ${n(verdict.position + 1)} in the line`]),
        ...(promised === undefined
          ? [
              "",
              "Only who kept the commitment from before the opening knows that it is the old one:",
              "give it with --commitment.",
            ]
          : []),
      ];
    case "not-drawn-yet":
      return [
        "NOT DRAWN YET.",
        "The seed is told at the opening. Write the commitment down until then:",
        `  ${published.commitment}`,
      ];
    case "promise-changed":
      return [
        "THE DRAW DOES NOT HOLD: the published commitment is not the one that you wrote down.",
        `  written down  ${promised ?? ""}`,
        `  published     ${published.commitment}`,
      ];
    case "broken-promise":
      return [
        "THE DRAW DOES NOT HOLD: the seed is not the one that was promised.",
        `  seed        ${published.seed ?? ""}`,
        `  commitment  ${published.commitment} is not its SHA-256`,
      ];
    case "no-permutation":
      return [
        `THE DRAW DOES NOT HOLD: position ${n(verdict.position + 1)} is not given exactly once.`,
      ];
    case "implementations-differ":
      return [
        `NO VERDICT: two implementations disagree on index ${verdict.index}. This is a bug in Usher, please report it.`,
      ];
  }
};

const inKorean: Say = (verdict, { published, promised, index }, n) => {
  switch (verdict.kind) {
    case "holds":
      return [
        "추첨이 맞습니다.",
        promised === undefined
          ? "  시드       SHA-256이 공개된 약속값과 같습니다"
          : "  시드       SHA-256이 적어 두신 약속값과 같습니다",
        verdict.counted === verdict.cohort
          ? `  순서       ${n(verdict.cohort)}명을 모두 세었습니다. 순번 ${n(verdict.cohort)}개에 꼭 한 명씩입니다`
          : `  순서       ${n(verdict.cohort)}명 가운데 앞의 ${n(verdict.counted)}명을 세었습니다. 겹친 순번이 없습니다`,
        `  다시 계산  다른 구현으로 ${n(verdict.compared)}개를 다시 계산했고 모두 같습니다`,
        ...(verdict.position === undefined || index === undefined
          ? []
          : [`  도착 번호 ${index}   대기 순번은 ${n(verdict.position + 1)}번입니다`]),
        ...(promised === undefined
          ? [
              "",
              "오픈 전에 적어 둔 약속값이 있으면 --commitment로 함께 확인해 주세요.",
              "그래야 약속값이 그대로인지도 알 수 있습니다.",
            ]
          : []),
      ];
    case "not-drawn-yet":
      return [
        "아직 추첨 전입니다.",
        "시드는 오픈할 때 공개됩니다. 그때까지 약속값을 적어 두세요.",
        `  ${published.commitment}`,
      ];
    case "promise-changed":
      return [
        "추첨이 맞지 않습니다. 공개된 약속값이 적어 두신 값과 다릅니다.",
        `  적어 둔 값  ${promised ?? ""}`,
        `  공개된 값   ${published.commitment}`,
      ];
    case "broken-promise":
      return [
        "추첨이 맞지 않습니다. 공개된 시드가 약속한 시드가 아닙니다.",
        `  시드    ${published.seed ?? ""}`,
        `  약속값  ${published.commitment} 은(는) 이 시드의 SHA-256이 아닙니다`,
      ];
    case "no-permutation":
      return [
        `추첨이 맞지 않습니다. ${n(verdict.position + 1)}번 순번이 꼭 한 번 나오지 않습니다.`,
      ];
    case "implementations-differ":
      return [
        `판정할 수 없습니다. 도착 번호 ${verdict.index}에서 두 구현의 결과가 다릅니다. Usher의 결함이니 알려 주세요.`,
      ];
  }
};

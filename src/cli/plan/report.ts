// A plan for a person, in English and Korean: the table, what limits first, what was assumed, and what has
// not been measured.

import type { Plan, Role, Row, RowName } from "./capacity.ts";

export type Language = "en" | "ko";
type Words = Record<Language, string>;

const rowNames: Record<RowName, Words> = {
  joins: { en: "joins/s at the gateways", ko: "초당 입장 등록 (게이트웨이)" },
  status: { en: "status questions/s", ko: "초당 상태 조회" },
  streams: { en: "live streams", ko: "실시간 연결" },
  holds: { en: "holds/s at the box offices", ko: "초당 좌석 선점 (매표소)" },
  orders: { en: "orders/s", ko: "초당 주문" },
  line: { en: "joins/s in Redis, one line", ko: "초당 등록 (Redis, 대기열 하나)" },
  refusals: { en: "holds/s in Redis, one performance", ko: "초당 선점 (Redis, 공연 하나)" },
  claims: { en: "granted holds/s in PostgreSQL", ko: "초당 확정 선점 (PostgreSQL)" },
  places: { en: "memory of the line in Redis", ko: "대기열의 Redis 메모리" },
  traffic: { en: "bandwidth of the streams", ko: "실시간 연결의 대역폭" },
};

const roleNames: Record<Role, string> = {
  gateway: "gateway",
  "box-office": "box office",
  worker: "worker",
  redis: "Redis",
  postgres: "PostgreSQL",
};

const words = {
  title: { en: "Capacity for", ko: "필요한 규모:" },
  fans: { en: "fans", ko: "명" },
  seats: { en: "seats", ko: "석" },
  soldIn: { en: "minutes to sell", ko: "분 안에 판매" },
  ofCeiling: { en: "of what one shard or server does", ko: "(샤드·서버 하나의 한계 대비)" },
  missing: { en: "not measured", ko: "측정되지 않음" },
  needs: { en: "What it takes", ko: "필요한 것" },
  unknown: { en: "unknown: nothing of it was measured", ko: "알 수 없음: 측정값이 없습니다" },
  noMemory: {
    en: "unknown: the memory of the line was not measured",
    ko: "알 수 없음: 대기열 메모리의 측정값이 없습니다",
  },
  partial: {
    en: "at least; not all of it was measured",
    ko: "최소한 이만큼: 일부는 측정되지 않음",
  },
  first: { en: "Limits first, of what was measured", ko: "측정된 것 가운데 먼저 닿는 한계" },
  noLimit: { en: "unknown: no ceiling was measured", ko: "알 수 없음: 측정된 한계가 없습니다" },
  assumed: { en: "Assumed (options)", ko: "가정 (옵션으로 변경)" },
  incomplete: {
    en: "This plan is incomplete. Missing figures:",
    ko: "이 계획은 완전하지 않습니다. 없는 측정값:",
  },
  machine: {
    en: "Figures hold for the machine they were measured on; measure on yours (npm run bench).",
    ko: "측정값은 측정한 장비의 것입니다. 쓰실 장비에서 다시 측정하세요 (npm run bench).",
  },
} as const satisfies Record<string, Words>;

const whole = (value: number) => Math.ceil(value).toLocaleString("en");
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

export function reportLines(plan: Plan, language: Language): string[] {
  const say = (key: keyof typeof words) => words[key][language];
  const { fans, seats, minutes } = plan.ask;
  const rows = plan.rows.map((row) => [
    rowNames[row.name][language],
    whole(row.need),
    resultOf(row, language),
    row.figure === undefined
      ? `${row.source.id}.json: ${row.source.figure}`
      : `${whole(row.figure.value)} · ${row.figure.file}, ${row.figure.at}, ${row.figure.machine}`,
  ]);
  const { firstLimit } = plan;
  return [
    `${say("title")} ${whole(fans)} ${say("fans")}, ${whole(seats)} ${say("seats")}, ${minutes} ${say("soldIn")}`,
    "",
    ...rows.map(([what = "", need = "", result = "", figure = ""]) =>
      [`  ${what}: ${need}`, `    ${result} ← ${figure}`].join("\n"),
    ),
    "",
    say("needs"),
    ...(["gateway", "box-office", "worker"] as const).map((role) => podLine(plan, role, language)),
    `  Redis: ${plan.redisBytes === undefined ? say("noMemory") : gib(plan.redisBytes)}`,
    "",
    `${say("first")}: ${
      firstLimit?.result === undefined
        ? say("noLimit")
        : `${rowNames[firstLimit.name][language]}, ${(firstLimit.result * 100).toFixed(1)} %`
    }`,
    "",
    say("assumed"),
    ...Object.entries(plan.assumptions).map(([name, value]) => `  --${optionOf(name)} ${value}`),
    "",
    ...(plan.missing.length === 0
      ? []
      : [
          say("incomplete"),
          ...plan.missing.map(
            ({ name, source }) =>
              `  ${rowNames[name][language]} (${source.id}.json: ${source.figure})`,
          ),
        ]),
    say("machine"),
  ];
}

/** `podStreamMiB` → `pod-stream-mib` */
export const optionOf = (name: string): string =>
  name.replace("MiB", "Mib").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function resultOf({ kind, name, result }: Row, language: Language): string {
  if (result === undefined) return words.missing[language];
  if (kind === "each") return podsIn(Math.ceil(result), language);
  if (kind === "ceiling") return `${(result * 100).toFixed(1)} % ${words.ofCeiling[language]}`;
  return name === "traffic" ? `${gib(result)}/s` : gib(result);
}

function podLine(plan: Plan, role: Role, language: Language): string {
  const found = plan.processes[role];
  if (found === undefined) return `  ${roleNames[role]}: ${words.unknown[language]}`;
  const isPartial = plan.missing.some((row) => row.role === role && row.kind === "each");
  const because = rowNames[found.because][language];
  const partial = isPartial ? `, ${words.partial[language]}` : "";
  return `  ${roleNames[role]}: ${podsIn(found.count, language)} (${because}${partial})`;
}

/** One process a pod. */
function podsIn(count: number, language: Language): string {
  const number = whole(count);
  if (language === "ko") return `파드 ${number}개 (프로세스 하나씩)`;
  return `${number} ${count === 1 ? "pod" : "pods"} of one process`;
}

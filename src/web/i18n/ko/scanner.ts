export const scanner = {
  title: "입장 확인",
  signIn: {
    title: "게이트에 연결하기",
    lead: "운영 데스크에서 이 게이트의 기기 코드를 받아 입력해 주세요.",
    code: "기기 코드",
    button: "연결하기",
    failed: "연결되지 않았습니다. 네트워크를 확인하고 다시 해 주세요.",
  },
  loading: "불러오고 있습니다",
  ready: "QR 코드를 비춰 주세요",
  way: "방향",
  ways: { in: "들어오는 분", out: "나가는 분" },
  readyFor: {
    in: "들어오는 분의 QR 코드를 비춰 주세요",
    out: "나가는 분의 QR 코드를 비춰 주세요. 다시 들어오실 수 있게 됩니다.",
  },
  noCamera: "카메라를 쓸 수 없습니다. 아래에 코드를 입력해 주세요.",
  manual: "코드 입력",
  manualHint: "코드 아래에 적힌 12자, 또는 코드 전체",
  check: "확인",
  online: "연결됨",
  offline: (minutes: number) =>
    `오프라인 · ${minutes}분 전 명단으로 확인합니다. 다른 게이트의 입장은 연결된 뒤에 맞춰집니다.`,
  waiting: (count: number) => `보낼 기록 ${count}건`,
  conflicts: (count: number) => `겹친 입장 ${count}건. 데스크에 알려 주세요.`,
  signOut: "이 기기 연결 끊기",
  signOutHeld: "아직 보내지 않은 기록이 있습니다. 연결된 뒤에 끊을 수 있습니다.",
  judgedAlone: "오프라인으로 확인",
  seat: (section: string, row: string, label: string) =>
    [section, row && `${row}열`, row ? `${label}번` : `입장 번호 ${label}`]
      .filter(Boolean)
      .join(" "),
  verdict: {
    "let-in": ["입장", "들어가셔도 됩니다"],
    "let-out": ["나감", "다시 들어올 때 이 티켓을 보여 달라고 해 주세요."],
    "not-in": [
      "입장 기록 없음",
      "이 티켓으로 들어간 기록이 없습니다. 나가는 것은 막지 않아도 됩니다.",
    ],
    "already-in": ["이미 사용됨", ""],
    revoked: [
      "취소된 티켓",
      "다른 분께 넘겼거나 환불된 티켓입니다. 새 티켓이 있는지 확인해 주세요.",
    ],
    "other-performance": ["다른 공연", "이 공연의 티켓이 아닙니다."],
    "not-ours": ["유효하지 않음", "저희가 발급한 코드가 아닙니다."],
    none: ["확인 불가", "연결이 없고 확인할 명단도 없습니다. 데스크로 안내해 주세요."],
  } as Record<string, readonly [string, string]>,
  usedAt: (gate: string, time: string) => `${gate} · ${time}에 입장`,
};
export type ScannerWords = typeof scanner;

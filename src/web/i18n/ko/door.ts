// 데스크에서 보는 입장의 말.

export const door = {
  title: "입장",
  intro: "게이트별 입장 수와 기기, 그리고 한 티켓으로 두 번 입장한 일입니다.",
  inside: (inside: string, tickets: string) => `입장 ${inside} / 티켓 ${tickets}`,
  empty: "아직 게이트가 없습니다",
  emptyNext: "입구마다 하나씩 만들고, 기기마다 코드를 받아 주세요.",
  letIn: "입장",
  letOut: "퇴장",
  reEntry: "나갔다가 다시 들어올 수 있음",
  reEntryHere: "나갔다가 다시 들어올 수 있는 게이트",
  refused: "거절",
  notYet: "코드 입력을 기다립니다",
  seen: (time: string) => `기기 · 마지막 연결 ${time}`,
  end: "연결 끊기",
  makeCode: "기기 코드 만들기",
  codeFor: (gate: string) => `${gate} 기기 코드`,
  codeUntil: (time: string) => `${time}까지, 한 번만 쓸 수 있습니다. 휴대폰에서 /scan을 여세요.`,
  gateName: "새 게이트 이름",
  makeGate: "게이트 만들기",
  noConflicts: "겹친 입장이 없습니다.",
  conflicts: (count: string) => `확인이 필요한 입장 ${count}건`,
  why: {
    "already-in": "두 번 입장",
    revoked: "취소된 티켓으로 입장",
    "other-performance": "다른 공연의 티켓으로 입장",
  },
};

export type DoorWords = typeof door;

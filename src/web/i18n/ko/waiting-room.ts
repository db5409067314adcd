// The waiting page's words. Short, plain, kind; no exclamation marks, no blame, and nothing that the
// system does not keep: "your place is kept" is only said where the browser lets us keep it.
// `next` is the one sentence of a scene, `more` the soft one below it; scenes are in picture.ts.

export const waitingRoom = {
  page: "대기실",
  loading: "대기실에 들어가고 있습니다",
  people: "명",
  ahead: "내 앞에 기다리는 분",
  scheduled: {
    label: "대기실이 열리기까지",
    next: (when: string) => `${when}에 대기실이 열립니다.`,
    more: "이 화면을 열어 두시면 그때 저절로 줄에 섭니다.",
  },
  preQueue: {
    label: "예매 시작까지",
    next: "시작과 동시에 추첨으로 순서를 정합니다.",
    more: "먼저 들어왔다고 앞서지 않으니 편히 기다리세요.",
    here: (count: string) => `지금까지 ${count}명이 들어왔습니다.`,
    opening: "추첨하고 있습니다.",
  },
  waiting: {
    next: "차례가 되면 이 화면에서 바로 알려 드립니다.",
    near: "곧 차례입니다.",
    nearMore: "이 화면을 켜 두세요. 닫더라도 순서는 그대로입니다.",
    first: "바로 다음 차례입니다.",
    crowded: "앞에 계신 분이 남은 좌석보다 많습니다. 사지 않고 나가는 분도 있습니다.",
  },
  returning: {
    next: "다음 입장 때 먼저 모십니다.",
    more: "차례가 되었을 때 연락이 닿지 않았지만 순서는 그대로입니다. 이 화면을 켜 두세요.",
  },
  turn: {
    label: "입장할 수 있는 시간",
    next: "차례입니다",
    more: "지금 입장해 좌석을 고르세요.",
    soon: "곧 저절로 들어갑니다. 이 시간이 지나면 이 순서로는 입장할 수 없습니다.",
    late: "시간이 지나도 순서를 잃지 않습니다. 돌아오시면 다음 입장 때 먼저 모십니다.",
    enter: "입장하기",
    title: "▶ 차례입니다",
  },
  soldOut: {
    next: "매진되었습니다",
    more: "모든 좌석이 판매되었습니다. 기다려 주셔서 고맙습니다.",
  },
  closed: { next: "예매가 끝났습니다", more: "이 공연의 예매는 마감되었습니다." },
  spent: {
    next: "이 순서는 이미 쓰였습니다",
    more: "한 번 입장하셨고, 그 이용이 끝났습니다.",
  },
  invalid: {
    next: "순서를 확인할 수 없습니다",
    more: "이 브라우저에 남아 있는 대기 정보가 이 예매의 것이 아닙니다.",
  },
  notFound: { next: "찾으시는 예매가 없습니다", more: "주소를 확인해 주세요." },
  failed: {
    next: "대기실을 불러오지 못했습니다",
    more: "저희 쪽 문제입니다. 순서는 그대로이고, 저절로 다시 시도합니다.",
  },
  code: {
    label: "선예매 코드",
    go: "줄 서기",
  },
  notice: {
    offline: "연결이 끊겼습니다. 순서는 그대로이고, 연결되는 대로 이어집니다.",
    reconnecting: "연결이 고르지 않습니다. 순서는 그대로이고, 저절로 다시 이어집니다.",
    paused: "예매가 잠시 멈췄습니다. 순서는 그대로입니다.",
    notKept: "이 브라우저가 저장을 막고 있으니 들어가실 때까지 이 화면을 닫지 마세요.",
  },
  facts: {
    wait: "예상 대기",
    waitUnknown: "계산 중",
    seats: "남은 좌석",
    seatCount: (free: string) => `${free}석`,
    seatsHeld: (held: string) => `0석 · ${held}석은 결제 전`,
    number: "내 순서",
    numberCount: (position: string) => `${position}번`,
    opens: "예매 시작",
  },
  draw: {
    drawn: (position: string, cohort: string) =>
      `추첨 결과, ${cohort}명 가운데 ${position}번입니다.`,
    sealed: "추첨에 쓸 씨앗값은 이미 정해졌고, 그 지문을 이 브라우저가 받아 두었습니다.",
    check: "추첨 직접 확인하기",
    checking: "확인하고 있습니다",
    seedMatches: "공개된 씨앗값이 추첨 전에 받아 둔 지문과 일치합니다.",
    seedDiffers: "공개된 씨앗값이 추첨 전에 받아 둔 지문과 다릅니다.",
    seedUnseen: "공개된 씨앗값이 공개된 지문과 일치합니다. 추첨 전에 받아 둔 지문은 없습니다.",
    numberMatches: (position: string) => `이 기기에서 다시 계산한 순서도 ${position}번입니다.`,
    numberDiffers: (position: string) => `이 기기에서 다시 계산한 순서는 ${position}번입니다.`,
    impossible: "이 브라우저에서는 계산할 수 없습니다.",
  },
  kept: "이 화면을 닫아도 됩니다. 이 브라우저로 돌아오시면 순서가 그대로 있습니다.",
  sound: "차례를 소리로 알림",
  again: "지금 다시 시도",
  rejoin: "줄 끝에 다시 서기",
  home: "다른 예매 보기",
};
export type WaitingRoomWords = typeof waitingRoom;

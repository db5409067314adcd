import type { ProblemCode } from "../../../wire/problems.ts";

export const shop = {
  loading: "좌석 지도를 준비하고 있습니다",
  entering: "입장하고 있습니다",
  view: { map: "지도", list: "목록", label: "좌석을 고르는 방법" },
  zoom: { in: "확대", out: "축소", all: "전체 보기", map: "좌석 지도" },
  mapHint: "구역을 누르면 좌석이 보입니다",
  left: (count: string) => `${count}석`,
  none: "매진",
  states: {
    free: "선택 가능",
    held: "다른 분이 잡음",
    sold: "판매됨",
    withheld: "판매하지 않음",
    chosen: "선택함",
    own: "내가 잡은 좌석",
  },
  accessible: "휠체어석",
  companion: "동반석",
  obstructed: "시야 일부 가림",
  keyTitle: "좌석 표시",
  prices: "등급과 가격",
  showAll: "모든 등급 보기",
  onlyThis: (name: string) => `${name}만 보기`,
  /** 101구역 5열 12번 */
  seat: (section: string, row: string, label: string) =>
    row ? `${section} ${row}열 ${label}번` : `${section} ${label}번`,
  rowName: (row: string) => `${row}열`,
  seatsCount: (count: string) => `${count}석`,
  best: {
    title: "추천 좌석",
    hint: "나란히 붙은 가장 좋은 좌석을 바로 잡습니다",
    count: "몇 석",
    fewer: "한 석 줄이기",
    more: "한 석 늘리기",
    category: "등급",
    any: "전체",
    take: "추천받아 잡기",
  },
  standing: {
    title: (name: string) => name,
    about: (left: string) => `지금 ${left}자리 남음 · 입장 번호는 예매 순서대로입니다`,
    add: "선택에 더하기",
    change: "인원 바꾸기",
    close: "닫기",
    gone: "스탠딩은 남은 자리가 없습니다",
  },
  list: {
    title: "구역 목록",
    back: "구역 목록으로",
    from: (price: string) => `${price}부터`,
    free: (count: string) => `${count}석 남음`,
    help: "방향키로 움직이고 Enter로 고릅니다",
    loading: "좌석을 불러오고 있습니다",
  },
  choice: {
    title: "고른 좌석",
    empty: "아직 고른 좌석이 없습니다",
    limit: (limit: string) => `한 번에 ${limit}석까지`,
    full: (limit: string) => `${limit}석까지 고를 수 있습니다. 바꾸려면 먼저 하나를 빼 주세요.`,
    drop: (seat: string) => `${seat} 빼기`,
    total: "합계",
    feesNone: "수수료 없이 이 금액이 전부입니다",
    hold: (count: string) => `${count}석 잡기`,
    holdNone: "좌석을 골라 주세요",
    holding: "좌석을 잡고 있습니다",
    add: (count: string) => `${count}석 더 잡기`,
    orphan: (seat: string) =>
      `${seat} 한 자리만 남게 됩니다. 한 칸 옮기면 다른 분들도 나란히 앉을 수 있습니다.`,
  },
  lost: {
    title: (seats: string) => `${seats}은 다른 분이 한발 빨랐습니다`,
    safe: "나머지 선택은 그대로입니다.",
    offer: (seat: string) => `같은 등급에서 가장 가까운 자리: ${seat}`,
    take: "이 자리로 바꾸기",
    noOffer: "가까운 곳에 같은 등급의 빈자리가 없습니다.",
  },
  held: {
    title: "잡아 둔 좌석",
    kept: "이 좌석을 드리려고 잡아 두었습니다",
    left: (time: string) => `${time} 남음`,
    spoken: (minutes: number, seconds: number) =>
      `좌석을 잡아 둔 시간이 ${minutes ? `${minutes}분` : ""}${seconds ? ` ${seconds}초` : ""} 남았습니다`,
    extend: "시간 늘리기",
    extended: "시간을 늘렸습니다",
    extendAtBound: "더 늘릴 수 없습니다",
    release: (seat: string) => `${seat} 놓기`,
    releaseAll: "모두 놓고 다시 고르기",
    pay: "결제하기",
    more: "좌석 더 고르기",
    ended: "좌석을 잡아 둔 시간이 끝났습니다",
    endedNext: "좌석은 다시 모두에게 열렸습니다. 지금 다시 고르실 수 있습니다.",
    paying: "이 좌석은 결제가 진행 중입니다",
    toOrder: "주문 보기",
  },
  browse: "둘러볼 수 있습니다",
  leave: {
    open: "나가기",
    title: "매장에서 나가시겠습니까",
    body: "나가시면 기다리는 다음 분이 바로 들어옵니다. 다시 들어오려면 줄을 새로 서야 합니다.",
    bodyHeld: "잡아 둔 좌석도 함께 놓입니다.",
    stay: "계속 고르기",
    go: "나가기",
  },
  pay: {
    back: "좌석으로 돌아가기",
    title: "결제",
    buyer: "예매하시는 분",
    name: "이름",
    email: "이메일",
    emailHint: "티켓을 이 주소로도 보내 드립니다",
    card: "카드",
    cardHint: "카드 번호는 결제사로 바로 가며 저희에게 오지 않습니다",
    number: "카드 번호",
    expiry: "유효 기간",
    expiryHint: "MM / YY",
    code: "CVC",
    action: (price: string) => `${price} 결제하기`,
    busy: (page: string | undefined) =>
      page === undefined
        ? "결제사에 카드를 확인하고 있습니다"
        : `${page} 결제 화면으로 가고 있습니다`,
    atProvider: (page: string) =>
      `카드는 다음 화면에서 ${page}에 직접 입력하시며, 저희에게 오지 않습니다. 좌석은 남은 시간 동안 잡혀 있습니다.`,
    test: "시험용 결제사입니다. 실제로 결제되지 않습니다.",
    testCard: "시험 카드로 채우기",
    testPick: "카드를 골라 주세요",
    wrong: {
      name: "이름을 적어 주세요",
      email: "이메일 주소를 확인해 주세요",
      number: "카드 번호를 확인해 주세요",
      expiry: "유효 기간이 지났거나 맞지 않습니다",
      code: "카드 뒷면의 세 자리 또는 네 자리 숫자입니다",
    },
    cardRefused: "결제사가 이 카드를 받지 않습니다. 번호를 확인하거나 다른 카드를 써 주세요.",
    providerAway:
      "결제사에 닿지 못했습니다. 결제되지 않았고 좌석은 그대로입니다. 다시 눌러 주세요.",
  },
  net: {
    offline: "연결이 끊겼습니다. 고른 좌석은 그대로이며, 이어지면 바로 새로 고칩니다.",
    stale: "좌석 상태를 다시 잇고 있습니다",
    paused: "판매가 잠시 멈췄습니다. 잡은 좌석은 그대로입니다.",
    holding: "평소보다 오래 걸리고 있습니다. 고른 좌석은 그대로이니 그대로 기다려 주세요.",
    soldOut: "남은 좌석이 없습니다. 놓인 좌석이 나오면 바로 보입니다.",
  },
  failed: "요청을 마치지 못했습니다. 가지고 계신 것은 그대로입니다. 다시 눌러 주세요.",
  close: "닫기",
  again: "다시 해 보기",
  toWaiting: "대기 페이지로",
  toHome: "처음으로",
  end: {
    "not-admitted": [
      "아직 입장 전입니다",
      "대기 페이지에서 차례가 되면 이곳으로 들어옵니다. 줄에 계셨다면 자리는 그대로입니다.",
    ],
    "admission-expired": [
      "입장할 시간이 지났습니다",
      "대기 페이지로 가시면 지금 어떻게 할 수 있는지 알려 드립니다.",
    ],
    "admission-used": [
      "이미 쓰인 입장입니다",
      "다른 창에서 이미 들어오셨다면 그 창에서 이어 가 주세요.",
    ],
    "admission-invalid": [
      "입장을 확인하지 못했습니다",
      "대기 페이지에서 다시 들어와 주세요. 줄의 자리는 그대로입니다.",
    ],
    "shop-session-ended": [
      "구매 시간이 끝났습니다",
      "다음 분께 차례를 드렸습니다. 마친 주문은 안전하며 메일로도 보내 드립니다.",
    ],
    closed: ["판매가 끝났습니다", "찾아 주셔서 고맙습니다. 마친 주문은 메일에서 보실 수 있습니다."],
    left: ["나오셨습니다", "차례를 다음 분께 드렸습니다. 고맙습니다."],
    missing: ["이 판매를 찾을 수 없습니다", "주소를 확인해 주세요."],
    failed: [
      "지금은 불러오지 못했습니다",
      "가지고 계신 것은 그대로입니다. 잠시 뒤 다시 해 주세요.",
    ],
    offline: ["연결이 없습니다", "연결되면 그대로 이어집니다. 자리는 그대로입니다."],
  } as Record<EndKind, readonly [string, string]>,
};
export type EndKind =
  | Extract<
      ProblemCode,
      | "not-admitted"
      | "admission-expired"
      | "admission-used"
      | "admission-invalid"
      | "shop-session-ended"
    >
  | "closed"
  | "left"
  | "missing"
  | "failed"
  | "offline";
export type ShopWords = typeof shop;

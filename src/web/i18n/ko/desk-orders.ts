// 운영 데스크에서 주문을 찾고 환불하는 화면의 말. 돈이 걸린 말이라 짧고 정확하게.

import type { OrderState } from "../../../wire/contract.ts";
import type { RefundState } from "../../../domain/ordering/refund.ts";

const n = (value: number) => new Intl.NumberFormat("ko").format(value);

/** 환불이 멈춘 이유. 모르는 결제사 코드는 그대로 보여 준다. */
const because: Record<string, string> = {
  "provider-silent": "결제사가 오래 응답하지 않습니다",
  "refunded-elsewhere": "결제사에 우리가 모르는 환불이 있습니다",
  "provider-lost-payment": "결제사가 이 결제를 모른다고 합니다",
  "no-provider-reference": "결제사 번호가 없습니다",
  "refund-already-refunded": "결제사에서 이미 모두 환불되었습니다",
};

const reasons: Record<string, string> = {
  "provider-silent": "결제사가 응답하지 않음",
  "amount-differs": "금액이 다름",
  "captured-amount-differs": "받은 금액이 다름",
  "provider-lost-payment": "결제사가 모르는 결제",
  "provider-undecided": "결제사가 결과를 정하지 못함",
  "refunded-at-provider": "결제사에서 환불됨",
  "seats-not-kept": "좌석을 지키지 못함",
  "seat-has-a-ticket": "좌석에 다른 티켓이 있음",
  "hold-ended": "좌석 선점이 끝남",
  "too-late": "좌석 선점이 끝남",
  "fan-left": "구매자가 취소함",
  replaced: "새 주문으로 바뀜",
  "seats-lost": "좌석이 다른 사람에게 감",
  "by-operator": "데스크에서 환불함",
  "late-money": "늦게 도착한 결제",
  "settled-by-person": "사람이 해결함",
  "settled-elsewhere": "다른 방법으로 돌려드림",
};

export const deskOrders = {
  title: "주문",
  waiting: "확인할 주문",
  intro: "기계가 혼자 결정하지 못한 주문과 환불입니다. 오래된 것부터 보여 드립니다.",
  empty: "확인할 주문이 없습니다",
  emptyNext: "모든 주문과 환불이 스스로 끝났거나 진행 중입니다.",
  since: (ago: string) => `${ago} 전부터`,
  late: "늦게 도착한 결제",
  lateIntro:
    "좌석을 잡아 둔 시간이 끝난 뒤에 도착한 결제입니다. 같은 좌석이 비어 있으면 판매되고, 아니면 돈이 돌아가고 팬에게 줄 맨 앞으로 돌아갈 권리가 주어집니다.",
  lateKept: "같은 좌석이 비어 있었음",
  lateGone: "좌석이 이미 다른 사람에게 감",
  find: "주문 찾기",
  findHint: "주문 번호, 구매자나 받은 분의 이메일, 티켓 번호, 티켓 주소를 붙여 넣으세요.",
  findGo: "찾기",
  finding: "찾는 중",
  notFound: "맞는 주문이 없습니다. 이메일은 전체 주소로, 번호는 끝까지 적어 주세요.",
  findMore: "더 있습니다. 주문 번호로 찾으면 한 건만 나옵니다.",
  performance: "공연",
  number: "주문 번호",
  buyer: "구매자",
  seats: "좌석과 티켓",
  place: (section: string, row: string, label: string) =>
    [section, row === "" ? "" : `${row}열`, `${label}번`].filter(Boolean).join(" "),
  seatsHint: "티켓은 환불을 요청하는 순간 끝나고, 좌석은 결제사가 환불을 확인한 뒤에 풀립니다.",
  live: "유효한 티켓",
  holder: (name: string) => `${name} 님이 받아 가짐`,
  noTicket: "유효한 티켓 없음",
  checkedIn: (gate: string, at: string) => `${gate}에서 입장함 (${at})`,
  books: "우리 장부와 결제사 장부",
  noAttempts: "결제를 시도한 적이 없습니다.",
  attempt: (count: number) => `${n(count)}번째 결제`,
  here: "우리",
  there: "결제사",
  thereNone: "모르는 결제 (받은 돈 없음)",
  thereUnread: "지금 응답하지 않음",
  taken: (money: string) => `${money} 받음`,
  refunded: (money: string) => `${money} 환불됨`,
  verdict: {
    agree: "두 장부가 같습니다.",
    differ: "두 장부가 다릅니다.",
    unread: "결제사가 응답하지 않아 비교하지 못했습니다.",
  },
  refund: "환불",
  refunds: "환불",
  refundState: {
    requested: "환불 요청됨",
    refunding: "환불하는 중",
    refunded: "환불됨",
    stuck: "환불 멈춤",
  } as Record<RefundState, string>,
  feeKept: (money: string) => `수수료 ${money}`,
  byFan: "구매자 요청",
  byDesk: (name: string) => `데스크 ${name}`.trim(),
  paidThere: "결제사에서 확인함",
  paidElsewhere: "다른 방법으로 돌려드림",
  because: (code: string) =>
    because[code] ?? `결제사가 거절했습니다 (${code.replace(/^refund-/, "")})`,
  giveBack: "환불하기",
  which: "환불할 티켓",
  allOf: (count: number) => `모두 (${n(count)}장)`,
  keepFee: (money: string) => `취소 수수료를 뺍니다 (한 장에 ${money})`,
  withhold: "좌석을 다시 팔지 않고 남겨 둡니다",
  refundReason: "환불하는 이유",
  refundReasonHint: "기록에 남습니다. 구매자에게는 보이지 않습니다.",
  refundGo: (money: string) => `${money} 환불하기`,
  refundBusy: "환불을 요청하는 중",
  refundDone: "환불을 요청했습니다. 티켓은 지금부터 쓸 수 없습니다.",
  effectNone: "환불할 티켓을 고르면 얼마가 돌아가는지 보여 드립니다.",
  effectBack: (money: string, count: number) =>
    `티켓 ${n(count)}장, ${money}이 결제한 방법으로 돌아갑니다.`,
  effectFee: (money: string) => `수수료 ${money}은 돌려드리지 않습니다.`,
  effectTickets: "티켓은 바로 끝나 입장할 수 없고, 환불이 끝나면 구매자에게 메일이 갑니다.",
  effectOnSale: "결제사가 확인하면 좌석은 바로 다시 판매됩니다.",
  effectFree:
    "결제사가 확인하면 좌석이 비지만, 지금 판매 중이 아니어서 새 판매를 열 때까지 팔리지 않습니다.",
  effectWithheld: "좌석은 비우지 않고 판매에서 빼 둡니다.",
  effectInside: (count: number) => `${n(count)}장은 이미 입장한 티켓입니다.`,
  effectGiven: (count: number) =>
    `${n(count)}장은 다른 분이 받은 티켓입니다. 그분께도 메일로 알립니다.`,
  decide: "사람의 판단이 필요합니다",
  again: "결제사에 다시 묻기",
  againIn: (seconds: number) => `늦어도 ${n(seconds)}초 뒤에는 다시 할 수 있습니다.`,
  askedAgain: "결제사에 다시 물었습니다.",
  payBack: "모두 돌려주기",
  payBackDone: "환불을 시작했습니다. 끝나면 좌석이 풀리고 구매자에게 메일이 갑니다.",
  settle: "해결됨으로 표시",
  settled: "해결된 것으로 기록했습니다.",
  settleReason: "무엇을 확인했는지 (기록에 남습니다)",
  settleThere: "결제사에서 환불했음",
  settleElsewhere: "다른 방법으로 돌려드렸음",
  settleHint: "셋 다 위에 몇 마디를 적어야 합니다. 누르면 결제사 장부를 다시 확인합니다.",
  needs: {
    payBack: "결제사가 주문 금액을 그대로 가지고 있을 때. 그 돈이 돌아갑니다.",
    settle: "결제사가 가진 돈이 없을 때.",
    elsewhere: "결제사가 돈을 가지고 있을 때. 그 돈은 결제사에 남습니다.",
  },
  refundNext:
    "10분마다 스스로 다시 시도합니다. 결제사 화면에서 직접 환불했다면 그렇게 표시해 주세요. 두 번 환불되지 않습니다.",
  next: {
    "provider-silent":
      "결제사가 오래 응답하지 않습니다. 결제사 상태를 확인하고 다시 물어보세요. 그동안 좌석은 지켜집니다.",
    "amount-differs":
      "결제사에 있는 금액이 주문과 다릅니다. 결제사 화면에서 확인해 직접 바로잡은 뒤 다시 물어보세요.",
    "captured-amount-differs":
      "결제사가 받은 금액이 주문과 다릅니다. 결제사 화면에서 모두 환불한 뒤 해결됨으로 표시하세요.",
    "provider-lost-payment":
      "결제사가 이 결제를 모른다고 합니다. 결제사 번호로 찾아보고, 받은 돈이 없으면 해결됨으로 표시하세요.",
    "provider-undecided":
      "결제사가 결과를 정하지 못했습니다. 잠시 뒤 다시 물어보고, 계속되면 결제사에 문의하세요.",
  } as Record<string, string>,
  nextRefused:
    "결제사가 환불을 거절했습니다. 결제사 화면에서 까닭을 확인해 바로잡은 뒤 다시 물어보세요. 끝내 되지 않아 다른 방법으로 돌려드렸다면 그렇게 표시하세요.",
  nextOther:
    "두 장부를 비교하세요. 같아졌으면 다시 묻기로 이어지고, 티켓을 줄 수 없으면 모두 돌려주세요.",
  history: "지나온 길",
  none: "없음",
  state: {
    draft: "결제 전",
    authorizing: "승인 요청 중",
    "requires-action": "구매자의 결제를 기다림",
    "payment-unknown": "결제사에 묻는 중",
    capturing: "결제하는 중",
    issuing: "티켓 발급 중",
    confirmed: "판매됨",
    cancelled: "취소됨",
    refunding: "환불하는 중",
    refunded: "모두 환불됨",
    stuck: "멈춤",
  } as Record<OrderState, string>,
  paymentState: {
    authorizing: "승인 요청 중",
    "requires-action": "구매자 확인 대기",
    processing: "처리 중",
    authorized: "승인됨 (아직 받지 않음)",
    declined: "거절됨",
    capturing: "결제하는 중",
    captured: "결제됨",
    voiding: "승인 취소 중",
    voided: "승인 취소됨",
    refunding: "환불하는 중",
    refunded: "환불됨",
    unknown: "모름 (묻는 중)",
  } as Record<string, string>,
  reason: (code: string) =>
    reasons[code] ??
    (code.startsWith("refund-") ? `환불이 거절됨 (${code.slice("refund-".length)})` : code),
  /** 하지 못한 이유. */
  why: {
    "not-confirmed": "판매된 주문이 아니거나 이미 모두 환불되었습니다.",
    "not-valid": "고른 티켓 가운데 이미 끝난 것이 있습니다. 화면을 다시 확인해 주세요.",
    "given-away": "다른 분이 받은 티켓입니다.",
    "checked-in": "이미 입장한 티켓입니다.",
    "not-stuck": "그사이 멈춤이 풀렸습니다. 지금 상태를 확인해 주세요.",
    "not-there": "결제사 장부에 그 환불이 보이지 않습니다.",
    unreadable: "결제사가 응답하지 않아 확인하지 못했습니다.",
    "nothing-held": "결제사가 가진 돈이 없습니다. 해결됨으로 표시해 주세요.",
    "money-held":
      "결제사가 아직 돈을 가지고 있습니다. 먼저 돌려주시거나, 이미 다른 방법으로 돌려드렸다면 그렇게 표시해 주세요.",
    "not-all-held": "결제사가 가진 금액이 주문 금액과 다릅니다.",
  } as Record<string, string>,
};
export type DeskOrdersWords = typeof deskOrders;

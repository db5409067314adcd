// 공연을 취소하고 모두 환불하는 화면의 말.

const n = (value: number) => new Intl.NumberFormat("ko").format(value);

export const cancelling = {
  link: "공연 취소와 전체 환불",
  title: "공연 취소와 전체 환불",
  intro: "공연이 열리지 않을 때, 판매된 모든 주문을 한 번에 환불합니다. 되돌릴 수 없습니다.",
  orders: "주문",
  tickets: "티켓",
  back: "돌아갈 돈",
  stays: "남는 수수료",
  what: "티켓은 환불이 시작되는 대로 끝나고, 돈은 결제한 방법으로 돌아갑니다. 환불될 때마다 구매자에게 메일이 갑니다. 좌석은 다시 팔지 않습니다.",
  nothingSold: "판매된 티켓이 없습니다. 앞으로 이 공연의 판매를 새로 열 수 없게 됩니다.",
  keepFee: (money: string) => `취소 수수료를 뺍니다 (모두 ${money})`,
  reason: "취소하는 이유",
  reasonHint: "기록에 남습니다. 구매자에게는 보이지 않습니다.",
  onSale: (count: number) =>
    `아직 끝나지 않은 판매가 ${n(count)}건 있습니다. 먼저 판매를 종료해 주세요.`,
  checkedIn: (count: number) => `${n(count)}장은 이미 입장한 티켓입니다.`,
  givenAway: (count: number) =>
    `${n(count)}장은 다른 분이 받은 티켓입니다. 그분께도 메일로 알립니다.`,
  underWay: (count: number) =>
    `결제가 진행 중인 주문이 ${n(count)}건 있습니다. 판매로 끝나면 이어서 환불합니다.`,
  byHand: (count: number) =>
    `주문 ${n(count)}건은 결제사에 돌려줄 돈이 없어 사람이 처리해야 합니다.`,
  go: "공연을 취소하고 모두 환불하기",
  sure: "한 번 더 확인합니다. 누르면 바로 시작되고 되돌릴 수 없습니다.",
  goNow: (money: string) => `${money} 모두 환불하기`,
  notYet: "그만두기",
  busy: "기록하는 중",
  running: (done: string, all: string) => `환불하는 중: 주문 ${all}건 가운데 ${done}건 끝남`,
  over: "모두 환불했습니다",
  done: "환불됨",
  onTheWay: "결제사에 요청함",
  toCome: "차례를 기다림",
  stuck: "사람이 확인할 것",
  stuckNext: "결제사가 거절했거나 두 장부가 다른 환불입니다.",
  toOrders: "확인할 주문 보기",
  mayClose: "이 화면을 닫아도 환불은 계속됩니다. 언제든 다시 열어 볼 수 있습니다.",
  overNext: "늦게 도착한 결제가 있으면 그것도 이어서 환불합니다.",
  saidBy: (name: string, at: string) => `${name}, ${at}`,
  feeStays: "수수료를 뺌",
  feeToo: "수수료 없이 전액",
};
export type CancellingWords = typeof cancelling;

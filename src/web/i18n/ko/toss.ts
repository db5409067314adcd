export const toss = {
  opening: "결제창을 열고 있습니다",
  name: "공연 티켓",
  failed: "결제창이 열리지 않았습니다",
  failedNext: "결제되지 않았고, 좌석은 주문 시간 동안 그대로입니다.",
  again: "결제창 다시 열기",
  back: "주문으로 돌아가기",
};
export type TossWords = typeof toss;

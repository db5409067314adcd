export const plain = {
  join: "줄 서기",
  early: "조금만 더 기다려 주세요. 15초쯤 뒤에 다시 눌러 주세요.",
  joinMore: "버튼을 누르시면 순서가 정해지고, 이 브라우저에 남습니다.",
  joinOpen: "지금 줄을 서실 수 있습니다",
  joinEarly: "대기실이 열렸습니다",
  refresh: (seconds: string) => `이 화면은 ${seconds}초마다 저절로 새로 고쳐집니다.`,
  now: "지금 새로 고침",
  yourNumber: (position: string) => `내 순서는 ${position}번입니다.`,
  enterMore: "버튼을 눌러 입장하세요. 좌석을 고르는 화면에는 자바스크립트가 필요합니다.",
};
export type PlainWords = typeof plain;

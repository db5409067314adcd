// What the mails say, in both languages. Korean is written for Korean readers, not translated from the
// English beside it. The mail is laid out in mail-page.ts (HTML) and order-mail.ts (text); names and
// numbers come in already formatted.

import type { Locale } from "../wire/contract.ts";

export type MailWords = {
  subject: Record<MailTopic, (performance: string) => string>;
  hello: (name: string) => string;
  lead: Record<MailTopic, string>;
  when: string;
  where: string;
  seats: string;
  total: string;
  order: string;
  seat: (section: string, row: string, label: string) => string;
  ticket: string;
  openTicket: string;
  openOrder: string;
  scan: string;
  refund: string;
};
export type MailTopic = "order-confirmed" | "order-refunded" | "order-cancelled";

export const mailWords: Record<Locale, MailWords> = {
  ko: {
    subject: {
      "order-confirmed": (performance) => `예매가 완료되었습니다 · ${performance}`,
      "order-refunded": (performance) => `결제 금액을 돌려드렸습니다 · ${performance}`,
      "order-cancelled": (performance) => `주문이 취소되었습니다 · ${performance}`,
    },
    hello: (name) => `${name} 님, 안녕하세요.`,
    lead: {
      "order-confirmed": "예매가 완료되었습니다. 아래 티켓의 QR 코드를 입장할 때 보여 주세요.",
      "order-refunded":
        "티켓을 발급하지 못해 결제하신 금액을 모두 돌려드렸습니다. 불편을 드려 죄송합니다.",
      "order-cancelled": "주문이 취소되었습니다. 결제된 금액은 없습니다.",
    },
    when: "일시",
    where: "장소",
    seats: "좌석",
    total: "결제 금액",
    order: "주문 번호",
    seat: (section, row, label) =>
      [section, row === "" ? "" : `${row}열`, `${label}번`].filter(Boolean).join(" "),
    ticket: "티켓",
    openTicket: "티켓 열기",
    openOrder: "주문 보기",
    scan: "화면을 밝게 하면 더 잘 읽힙니다. 티켓 한 장에 한 분만 입장하실 수 있습니다.",
    refund: "카드사에 따라 며칠 뒤에 표시될 수 있습니다.",
  },
  en: {
    subject: {
      "order-confirmed": (performance) => `Your tickets · ${performance}`,
      "order-refunded": (performance) => `Your money is on its way back · ${performance}`,
      "order-cancelled": (performance) => `Your order was cancelled · ${performance}`,
    },
    hello: (name) => `Hello ${name},`,
    lead: {
      "order-confirmed":
        "Your order is confirmed. Show the QR code of each ticket at the entrance.",
      "order-refunded":
        "We could not issue your tickets and have paid everything back. We are sorry for the trouble.",
      "order-cancelled": "Your order was cancelled. Nothing was paid.",
    },
    when: "When",
    where: "Where",
    seats: "Seats",
    total: "Total",
    order: "Order",
    seat: (section, row, label) =>
      [section, row === "" ? "" : `row ${row}`, `seat ${label}`].filter(Boolean).join(", "),
    ticket: "Ticket",
    openTicket: "Open the ticket",
    openOrder: "See the order",
    scan: "A bright screen reads better. Each ticket admits one person, once.",
    refund: "Depending on your bank it may take some days to show.",
  },
};

// What the mails say, in both languages. Korean is written for Korean readers, not translated from the
// English beside it. The mail is laid out in mail-page.ts (HTML) and order-mail.ts (text); names and
// numbers come in already formatted.

import type { OutboxRow } from "../ports/outbox.ts";
import type { Locale } from "../wire/contract.ts";

export type MailWords = {
  subject: Record<MailTopic, (performance: string) => string>;
  hello: (name: string) => string;
  lead: Record<MailTopic, string>;
  /** Instead of the lead of a cancelled or refunded order whose money came after its end. */
  late: Record<"order-cancelled" | "order-refunded", string>;
  /** Instead of the lead of a refunded order that was paid back another way than it was paid. */
  elsewhere: string;
  /** Why the order's page is worth opening then. */
  comeBack: string;
  when: string;
  where: string;
  seats: string;
  total: string;
  order: string;
  seat: (section: string, row: string, label: string) => string;
  ticket: string;
  openTicket: string;
  paper: string;
  give: string;
  acceptTicket: string;
  acceptBy: (when: string) => string;
  openOrder: string;
  scan: string;
  refund: string;
  back: string;
  fee: string;
  /** On paper. */
  sheet: Record<"section" | "row" | "seat" | "entry" | "scan" | "once", string>;
};
export type MailTopic = OutboxRow["topic"];

export const mailWords: Record<Locale, MailWords> = {
  ko: {
    subject: {
      "order-confirmed": (performance) => `예매가 완료되었습니다 · ${performance}`,
      "order-refunded": (performance) => `결제 금액을 돌려드렸습니다 · ${performance}`,
      "order-cancelled": (performance) => `주문이 취소되었습니다 · ${performance}`,
      "ticket-offered": (performance) => `티켓을 받아 주세요 · ${performance}`,
      "ticket-received": (performance) => `티켓이 도착했습니다 · ${performance}`,
      "ticket-given": (performance) => `티켓이 전달되었습니다 · ${performance}`,
      "ticket-again": (performance) => `티켓을 다시 보내 드립니다 · ${performance}`,
      "tickets-refunded": (performance) => `티켓이 취소되고 환불되었습니다 · ${performance}`,
      "ticket-void": (performance) => `받으신 티켓이 취소되었습니다 · ${performance}`,
    },
    hello: (name) => (name === "" ? "안녕하세요." : `${name} 님, 안녕하세요.`),
    lead: {
      "order-confirmed": "예매가 완료되었습니다. 아래 티켓의 QR 코드를 입장할 때 보여 주세요.",
      "order-refunded":
        "티켓을 발급하지 못해 결제하신 금액을 모두 돌려드렸습니다. 불편을 드려 죄송합니다.",
      "order-cancelled": "주문이 취소되었습니다. 결제된 금액은 없습니다.",
      "ticket-offered":
        "이 공연의 티켓을 드리고 싶어 하는 분이 있습니다. 아래에서 받으시면 티켓이 새로 발급됩니다. 모르는 일이라면 이 메일은 그냥 두셔도 됩니다.",
      "ticket-received": "티켓을 받으셨습니다. 아래 QR 코드를 입장할 때 보여 주세요.",
      "ticket-given":
        "보내신 티켓을 상대방이 받았습니다. 가지고 계시던 코드로는 더 이상 입장할 수 없습니다.",
      "ticket-again": "요청하신 티켓입니다. 아래 QR 코드를 입장할 때 보여 주세요.",
      "tickets-refunded":
        "아래 좌석의 티켓이 취소되었고 환불이 끝났습니다. 취소된 티켓으로는 입장할 수 없습니다.",
      "ticket-void":
        "구매하신 분의 주문이 취소되어, 받으신 티켓으로는 더 이상 입장할 수 없습니다. 자세한 내용은 티켓을 주신 분께 여쭤 보세요.",
    },
    late: {
      "order-cancelled":
        "결제가 좌석을 잡아 둔 시간이 끝난 뒤에 도착했고, 그사이 좌석이 다른 분께 갔습니다. 승인은 취소되어 결제된 금액은 없습니다.",
      "order-refunded":
        "결제가 좌석을 잡아 둔 시간이 끝난 뒤에 도착했고, 그사이 좌석이 다른 분께 갔습니다. 결제하신 금액은 모두 돌려드렸습니다.",
    },
    elsewhere:
      "티켓을 발급하지 못해, 결제하신 금액을 안내해 드린 다른 방법으로 돌려드렸습니다. 불편을 드려 죄송합니다.",
    comeBack:
      "판매가 계속되는 동안에는 아래 주문 화면에서 한 시간 안에 줄 맨 앞으로 돌아가 다시 고르실 수 있습니다.",
    when: "일시",
    where: "장소",
    seats: "좌석",
    total: "결제 금액",
    order: "주문 번호",
    seat: (section, row, label) =>
      [section, row === "" ? "" : `${row}열`, `${label}번`].filter(Boolean).join(" "),
    ticket: "티켓",
    openTicket: "티켓 열기",
    paper: "인쇄용 PDF",
    give: "다른 분께 드리기",
    acceptTicket: "티켓 받기",
    acceptBy: (when) => `${when}까지 받으실 수 있습니다.`,
    openOrder: "주문 보기",
    scan: "화면을 밝게 하면 더 잘 읽힙니다. 티켓 한 장에 한 분만 입장하실 수 있습니다.",
    refund: "카드사에 따라 며칠 뒤에 표시될 수 있습니다.",
    back: "환불 금액",
    fee: "취소 수수료",
    sheet: {
      section: "구역",
      row: "열",
      seat: "번호",
      entry: "입장 번호",
      scan: "입장할 때 이 코드를 보여 주세요",
      once: "한 장에 한 분, 한 번만 입장하실 수 있습니다.",
    },
  },
  en: {
    subject: {
      "order-confirmed": (performance) => `Your tickets · ${performance}`,
      "order-refunded": (performance) => `Your money is on its way back · ${performance}`,
      "order-cancelled": (performance) => `Your order was cancelled · ${performance}`,
      "ticket-offered": (performance) => `A ticket for you · ${performance}`,
      "ticket-received": (performance) => `Your ticket · ${performance}`,
      "ticket-given": (performance) => `Your ticket was accepted · ${performance}`,
      "ticket-again": (performance) => `Your ticket once more · ${performance}`,
      "tickets-refunded": (performance) => `Tickets cancelled and paid back · ${performance}`,
      "ticket-void": (performance) => `A ticket you were given has ended · ${performance}`,
    },
    hello: (name) => (name === "" ? "Hello," : `Hello ${name},`),
    lead: {
      "order-confirmed":
        "Your order is confirmed. Show the QR code of each ticket at the entrance.",
      "order-refunded":
        "We could not issue your tickets and have paid everything back. We are sorry for the trouble.",
      "order-cancelled": "Your order was cancelled. Nothing was paid.",
      "ticket-offered":
        "Somebody would like to give you this ticket. Accept it below and a new one is issued to you. If this means nothing to you, leave this mail alone and nothing happens.",
      "ticket-received": "The ticket is yours. Show its QR code at the entrance.",
      "ticket-given":
        "The ticket you gave away was accepted. The code you have no longer opens the door.",
      "ticket-again": "Here is the ticket you asked for. Show its QR code at the entrance.",
      "tickets-refunded":
        "The tickets for these seats were cancelled and the money has been paid back. They no longer open the door.",
      "ticket-void":
        "The buyer's order was cancelled, so the ticket you were given no longer opens the door. Please ask whoever gave it to you.",
    },
    late: {
      "order-cancelled":
        "Your payment arrived after the hold on the seats had ended, and somebody else has them by now. It was cancelled; nothing was paid.",
      "order-refunded":
        "Your payment arrived after the hold on the seats had ended, and somebody else has them by now. Everything you paid has been paid back.",
    },
    elsewhere:
      "We could not issue your tickets and have paid everything back in the other way that you were told of. We are sorry for the trouble.",
    comeBack:
      "While the sale goes on you can return to the front of the line within an hour, from the order's page below.",
    when: "When",
    where: "Where",
    seats: "Seats",
    total: "Total",
    order: "Order",
    seat: (section, row, label) =>
      [section, row === "" ? "" : `row ${row}`, `seat ${label}`].filter(Boolean).join(", "),
    ticket: "Ticket",
    openTicket: "Open the ticket",
    paper: "PDF to print",
    give: "Give it to somebody",
    acceptTicket: "Accept the ticket",
    acceptBy: (when) => `You can accept it until ${when}.`,
    openOrder: "See the order",
    scan: "A bright screen reads better. Each ticket admits one person, once.",
    refund: "Depending on your bank it may take some days to show.",
    back: "Paid back",
    fee: "Fee kept",
    sheet: {
      section: "Section",
      row: "Row",
      seat: "Seat",
      entry: "Entry number",
      scan: "Show this code at the entrance",
      once: "Each ticket admits one person, once.",
    },
  },
};

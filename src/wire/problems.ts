// The one table from outcomes and faults to what a client sees: HTTP status, public code, and words
// in both languages (RFC 9457, application/problem+json). Every row says what happened, what is safe
// and what to do; pages show these words as they are. docs/problems.md is generated from it.

import type { Words } from "./contract.ts";

type Row = { status: number; title: Words };

const row = (status: number, ko: string, en: string): Row => ({ status, title: { ko, en } });

export const problems = {
  // asking for it wrongly
  "bad-request": row(
    400,
    "요청을 이해하지 못했습니다. 표시된 항목을 고쳐 다시 보내 주세요.",
    "The request could not be understood. Mend what is named and send it again.",
  ),
  "not-found": row(
    404,
    "찾으시는 것이 없습니다. 주소를 확인해 주세요.",
    "There is nothing here. Please check the address.",
  ),
  "method-not-allowed": row(
    405,
    "이 주소에서는 쓸 수 없는 방식입니다.",
    "This address does not take that method.",
  ),
  "too-large": row(413, "보내신 내용이 너무 큽니다.", "What was sent is too large."),
  "idempotency-key-missing": row(
    400,
    "Idempotency-Key 헤더가 필요합니다.",
    "An Idempotency-Key header is needed.",
  ),
  "idempotency-key-reused": row(
    422,
    "같은 Idempotency-Key로 다른 내용이 왔습니다.",
    "The same Idempotency-Key came with another body.",
  ),
  "idempotency-key-busy": row(
    409,
    "같은 Idempotency-Key의 요청을 아직 처리하고 있습니다. 잠시 뒤 같은 요청을 다시 보내 주세요.",
    "A request with the same Idempotency-Key is still under way. Send the same request again in a moment.",
  ),
  "rate-limited": row(
    429,
    "요청이 너무 잦습니다. 잠시 뒤 자동으로 이어집니다.",
    "Too many requests. It goes on by itself in a moment.",
  ),
  "asked-too-often": row(
    429,
    "이 대기 자리에서 온 요청이 너무 잦습니다. 자리는 그대로이고, 잠시 뒤 자동으로 이어집니다.",
    "Too many requests came from this place in line. The place is kept, and it goes on by itself in a moment.",
  ),

  // the line
  "queue-token-invalid": row(
    401,
    "이 대기 정보는 확인되지 않습니다. 대기 페이지에서 다시 시작해 주세요.",
    "This place in line cannot be verified. Please start from the waiting page.",
  ),
  "queue-not-open": row(409, "아직 줄을 서는 시간이 아닙니다.", "The line has not opened yet."),
  "queue-closed": row(410, "판매가 끝났습니다.", "The sale has ended."),
  "presale-code-needed": row(
    403,
    "선예매 코드가 있어야 줄을 설 수 있습니다. 받으신 코드를 입력해 주세요.",
    "This line needs a presale code. Please enter the one that you were sent.",
  ),
  "presale-code-mistyped": row(
    422,
    "코드를 다시 확인해 주세요. 20자 가운데 틀린 글자가 있습니다.",
    "Please look at the code again: it has 20 letters, and one of them is not right.",
  ),
  "presale-code-wrong": row(
    403,
    "이 예매의 코드가 아닙니다. 받으신 안내에서 어느 공연의 코드인지 확인해 주세요.",
    "This is not a code of this sale. Please see in the message that brought it which show it is for.",
  ),
  "presale-code-used": row(
    409,
    "이 코드로 설 수 있는 자리가 모두 찼습니다. 먼저 줄을 서셨다면 그 브라우저에서 이어 주세요.",
    "Every place of this code is taken. If you joined with it before, go on in that browser.",
  ),
  "identity-needed": row(
    403,
    "예매하시는 곳에서 로그인한 뒤 들어오셔야 줄을 설 수 있습니다.",
    "To join this line, please come from the shop's site, signed in.",
  ),
  "identity-refused": row(
    403,
    "로그인 확인이 오래되었거나 이 예매의 것이 아닙니다. 예매하시는 곳에서 다시 들어와 주세요.",
    "The shop's word for your account is too old, or not for this sale. Please come from its site again.",
  ),
  "not-your-turn": row(
    409,
    "아직 차례가 아닙니다. 자리는 그대로 있습니다.",
    "It is not your turn yet. Your place is kept.",
  ),
  "not-admitted": row(
    403,
    "입장하신 분만 이용할 수 있습니다. 대기 페이지에서 차례를 기다려 주세요.",
    "Only for those who have been admitted. Please wait for your turn on the waiting page.",
  ),
  "admission-invalid": row(
    401,
    "이 입장권한은 확인되지 않습니다.",
    "This admission cannot be verified.",
  ),
  "admission-expired": row(410, "입장 시간이 지났습니다.", "The time to enter has passed."),
  "admission-used": row(
    409,
    "이미 사용된 입장권한입니다.",
    "This admission has been used already.",
  ),
  "shop-session-ended": row(403, "구매 시간이 끝났습니다.", "Your time in the shop has ended."),

  // a shop of one's own
  "origin-key-refused": row(
    401,
    "쇼핑몰의 키나 서명이 확인되지 않습니다. 키가 폐기되었는지, 서버 시계가 맞는지 확인해 주세요.",
    "The shop's key or its signature cannot be verified. Check that the key was not revoked and that the server's clock is right.",
  ),

  // seats
  "not-on-sale": row(409, "지금은 판매 중이 아닙니다.", "This is not on sale right now."),
  "sale-paused": row(
    409,
    "판매가 잠시 멈췄습니다. 잡은 좌석은 그대로입니다.",
    "The sale is paused. Your seats stay held.",
  ),
  "seats-taken": row(
    409,
    "다른 분이 한발 빨랐습니다. 나머지 선택은 그대로입니다.",
    "Somebody else was faster. The rest of your choice is untouched.",
  ),
  "no-seats-together": row(
    409,
    "조건에 맞는 좌석이 남아 있지 않습니다.",
    "No seats of that kind are left.",
  ),
  "over-limit": row(
    409,
    "한 분이 살 수 있는 좌석 수를 넘었습니다.",
    "That is more seats than one person may have.",
  ),
  "no-hold": row(
    410,
    "좌석을 잡아 둔 시간이 끝났습니다. 다시 골라 주세요.",
    "Your hold on the seats has ended. Please choose again.",
  ),
  "hold-paying": row(409, "결제가 진행 중인 좌석입니다.", "These seats are being paid for."),

  // orders
  "order-not-payable": row(
    409,
    "이 주문은 지금 결제할 수 없습니다.",
    "This order cannot be paid right now.",
  ),
  "order-not-found": row(404, "주문을 찾을 수 없습니다.", "The order cannot be found."),

  "priority-ended": row(
    410,
    "이 우선 입장은 더 이상 쓸 수 없습니다. 대기실에서 다시 줄을 서실 수 있습니다.",
    "This priority has ended. You can still join the line as everybody does.",
  ),
  "refund-refused": row(
    409,
    "이 티켓은 지금 환불할 수 없습니다. 바뀐 것은 없습니다.",
    "This cannot be paid back now. Nothing was changed.",
  ),
  "performance-on-sale": row(
    409,
    "이 공연의 판매가 아직 끝나지 않았습니다. 판매를 먼저 종료한 뒤 취소해 주세요. 바뀐 것은 없습니다.",
    "This performance can still be sold. Close its on-sales first, then cancel it. Nothing was changed.",
  ),
  "gate-without-way-out": row(
    409,
    "이 게이트에서는 나가는 분을 확인하지 않습니다. 재입장을 받는 게이트에서 확인해 주세요.",
    "People are not scanned out at this gate. Please use one that takes re-entry.",
  ),
  "being-worked-on": row(
    409,
    "지금 다른 작업이 이 건을 처리하고 있습니다. 아무것도 바뀌지 않았으니 잠시 뒤 다시 눌러 주세요.",
    "Something is at work on this one just now. Nothing was changed: press again in a moment.",
  ),
  "not-settled": row(
    409,
    "해결된 것으로 기록할 수 없습니다. 바뀐 것은 없습니다.",
    "It cannot be noted as settled. Nothing was changed.",
  ),

  // tickets in other hands
  "transfer-refused": row(
    409,
    "이 티켓은 지금 다른 분께 드릴 수 없습니다. 티켓은 그대로입니다.",
    "This ticket cannot be given away right now. It stays as it is.",
  ),
  "mail-too-often": row(
    429,
    "티켓을 이미 여러 번 보내 드렸습니다. 메일함과 스팸함을 확인해 주세요.",
    "This ticket was sent several times already. Please look in your mail and its spam folder.",
  ),

  // gates
  "gate-sign-in-needed": row(
    401,
    "이 기기는 게이트에 연결되어 있지 않습니다. 운영 데스크에서 받은 기기 코드를 입력해 주세요.",
    "This device is not signed in for a gate. Enter a device code from the desk.",
  ),
  "gate-code-wrong": row(
    401,
    "기기 코드가 맞지 않거나 시간이 지났습니다. 데스크에서 새 코드를 받아 주세요.",
    "The device code is wrong or too old. Ask the desk for a new one.",
  ),

  // desk
  "sign-in-needed": row(401, "로그인이 필요합니다.", "Please sign in."),
  "sign-in-failed": row(
    401,
    "이메일 또는 비밀번호가 맞지 않습니다.",
    "The e-mail or the password is wrong.",
  ),
  forbidden: row(403, "이 작업을 할 권한이 없습니다.", "You may not do this."),
  conflict: row(
    409,
    "그사이 다른 변경이 있었습니다. 새로 고친 뒤 다시 해 주세요.",
    "It was changed meanwhile. Refresh and try again.",
  ),

  "sign-in-slowed": row(
    429,
    "로그인 시도가 여러 번 실패했습니다. 잠시 뒤 다시 해 주세요.",
    "Several sign-ins failed. Please wait a moment before the next one.",
  ),
  "plan-refused": row(
    422,
    "이 파일로는 좌석 배치도를 만들 수 없습니다. 표시된 곳을 고쳐 다시 올려 주세요. 저장된 것은 없습니다.",
    "No venue plan can be made of this. Mend the places named and send it again. Nothing was kept.",
  ),
  "import-busy": row(
    409,
    "다른 배치도를 읽고 있습니다. 끝난 뒤 다시 올려 주세요.",
    "Another plan is being read. Send this one again when it is done.",
  ),
  "no-such-step": row(
    409,
    "지금 단계에서는 할 수 없는 작업입니다. 바뀐 것은 없습니다.",
    "That cannot be done in this phase. Nothing was changed.",
  ),

  // us
  "briefly-unavailable": row(
    503,
    "잠시 숨을 고르는 중입니다. 가지고 계신 것은 그대로 있습니다.",
    "One moment, please. What you have is safe.",
  ),
  "no-room": row(
    503,
    "지금은 새로 받을 수 없습니다. 가지고 계신 것은 그대로이고, 여유가 생기면 자동으로 이어집니다.",
    "Nothing new can be taken right now. What you have is safe, and it goes on by itself when there is room.",
  ),
  internal: row(
    500,
    "저희 쪽 문제입니다. 가지고 계신 것은 그대로 있습니다.",
    "Something went wrong on our side. What you have is safe.",
  ),
} as const satisfies Record<string, Row>;

export type ProblemCode = keyof typeof problems;

/** RFC 9457 body. `retryAfterMs` where trying again by itself makes sense; `errors` name the places. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail?: string;
  retryAfterMs?: number;
  errors?: { where: string; what: string }[];
  /** Facts the page needs: the taken seats, the limit, a deadline. */
  facts?: Record<string, unknown>;
};

export function problem(
  code: ProblemCode,
  extra: Partial<Omit<Problem, "type" | "title" | "status" | "code">> & {
    locale?: "ko" | "en";
  } = {},
): Problem {
  const { locale = "en", retryAfterMs, ...rest } = extra;
  return {
    type: `urn:usher:problem:${code}`,
    title: problems[code].title[locale],
    status: problems[code].status,
    code,
    // Whole, and never a moment too soon.
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }),
    ...rest,
  };
}

// What comes in from strangers and what goes out: bounded bodies, checked fields, one shape of answer.
// A malformed request throws the finished refusal; api.ts sends it.

import { createHash, timingSafeEqual } from "node:crypto";
import type { NewPayment } from "./operations.ts";

export type Answer = {
  status: number;
  body: unknown;
  toResponse(headers?: Record<string, string>): Response;
};

export function answer(status: number, body: unknown, own: Record<string, string> = {}): Answer {
  return {
    status,
    body,
    toResponse: (headers = {}) => Response.json(body, { status, headers: { ...own, ...headers } }),
  };
}

export function refusal(status: number, code: string, message: string, payment?: unknown): Answer {
  return answer(status, {
    error: { code, message },
    ...(payment === undefined ? {} : { payment }),
  });
}

/** Thrown by the readers below. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly answer: Answer;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.answer = refusal(status, code, message);
  }
}

/** The card form is sent by the fan's browser from the shop's origin. */
export const browserHeaders = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "content-type",
  "access-control-max-age": "600",
  "cache-control": "no-store",
};

/** Compared in the same time for every input. */
export function isAuthorized(request: Request, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(request.headers.get("authorization") ?? ""), digest(wanted));
}

const maxBodyBytes = 16_384;

export type Fields = Record<string, unknown>;

export async function readWhole(request: Request): Promise<string> {
  const text = await request.text();
  if (text.length > maxBodyBytes)
    throw new Refusal(413, "too-large", `at most ${maxBodyBytes} bytes`);
  return text;
}

export async function readBody(request: Request): Promise<Fields> {
  const text = await readWhole(request);
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Fields;
  } catch {
    // named below
  }
  throw new Refusal(400, "bad-request", "the body is not a JSON object");
}

export function readNewPayment(body: Fields): NewPayment {
  return {
    order: readText(body, "order", 64),
    attempt: readInteger(body, "attempt", 1, 1_000),
    amount: readAmount(body),
    currency: readText(body, "currency", 3, /^[A-Z]{3}$/),
    method: readText(body, "method", 64),
    returnUrl: readAddress(body, "returnUrl"),
  };
}

export function readAmount(body: Fields): number {
  return readInteger(body, "amount", 0, 1_000_000_000_000);
}

export function readText(
  body: Fields,
  name: string,
  max: number,
  shape = /^[\x21-\x7e]+$/,
): string {
  const value = body[name];
  if (typeof value === "string" && value.length <= max && shape.test(value)) return value;
  throw new Refusal(400, "bad-request", `${name}: 1 to ${max} visible characters`);
}

export function readInteger(body: Fields, name: string, min: number, max: number): number {
  const value = body[name];
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max)
    return value as number;
  throw new Refusal(400, "bad-request", `${name}: an integer from ${min} to ${max}`);
}

export function readAddress(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value.length <= 2_000 && URL.canParse(value)) {
    const { protocol } = new URL(value);
    if (protocol === "http:" || protocol === "https:") return value;
  }
  throw new Refusal(400, "bad-request", `${name}: an http(s) address of at most 2,000 characters`);
}

/** The same fields in the same order, whoever wrote the JSON. */
export function canonical(body: Fields): string {
  return JSON.stringify(Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1)));
}

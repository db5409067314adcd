// One call to Toss: Basic authentication with the secret key and no password, an idempotency key, JSON
// both ways, a deadline. Whatever is not an answer (timeout, broken connection, a body that is not
// JSON) is `unknown`; an answer of any status is handed on with its status.

import type { Unknown } from "../../ports/payment-gateway.ts";

export type Reply = { kind: "answer"; status: number; body: unknown } | Unknown;

export async function askToss(
  to: { apiAddress: string; secretKey: string; callMs: number },
  request: {
    method: "GET" | "POST";
    path: string;
    body?: object | undefined;
    key?: string | undefined;
  },
): Promise<Reply> {
  const { body, key } = request;
  try {
    const response = await fetch(to.apiAddress + request.path, {
      method: request.method,
      headers: {
        authorization: `Basic ${Buffer.from(`${to.secretKey}:`).toString("base64")}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "error",
      signal: AbortSignal.timeout(to.callMs),
    });
    return { kind: "answer", status: response.status, body: (await response.json()) as unknown };
  } catch (error) {
    return { kind: "unknown", detail: error instanceof Error ? error.name : "no answer" };
  }
}

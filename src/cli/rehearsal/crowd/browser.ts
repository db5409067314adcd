// A fan's browser: one origin, a cookie jar, a bounded number of calls under way for all fans of the
// process, and a deadline on each. A call is answered, or it is not; what was not answered may have
// had its effect, and only the caller knows whether to ask again (with the same Idempotency-Key).

import type { Turnstile } from "../../../payments/turnstile.ts";
import type { Problem } from "../../../wire/problems.ts";
import { onStop } from "./stopping.ts";

export type Answer = {
  /** 0: no answer came. */
  status: number;
  body: unknown;
  problem: Problem | undefined;
  sentAt: number;
  answeredAt: number;
};

export type Ask = {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** Queue token, for the gateway. */
  token?: string;
  key?: string;
  /** Without the cookie: a stranger. */
  stranger?: boolean;
};

export type Browser = {
  ask(path: string, ask?: Ask): Promise<Answer>;
  /** Follows the provider's page as a form would be sent, back to the shop. */
  submitForm(address: string, fields: Record<string, string>): Promise<void>;
  /** Server-sent messages until the stream ends or `onMessage` answers false. */
  listen(
    path: string,
    token: string,
    onMessage: (name: string, data: unknown) => boolean,
  ): Promise<void>;
};

/** How long a fan waits for an answer. */
export const answerMs = 20_000;

/** ms since 1970 with fractions, by a clock that never goes back. */
export const monotonicNow = (): number => performance.timeOrigin + performance.now();

export function openBrowser(origin: string, gate: Turnstile, stop: AbortSignal): Browser {
  const cookies = new Map<string, string>();

  const keepCookies = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      if (at > 0) cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const headersOf = (ask: Ask): Record<string, string> => ({
    ...(ask.body === undefined ? {} : { "content-type": "application/json" }),
    ...(ask.token === undefined ? {} : { authorization: `Bearer ${ask.token}` }),
    ...(ask.key === undefined ? {} : { "idempotency-key": ask.key }),
    ...(ask.stranger || cookies.size === 0
      ? {}
      : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
  });

  const send = async (path: string, ask: Ask): Promise<Answer> => {
    const sentAt = monotonicNow();
    try {
      const [response, text] = await inTime(stop, async (signal) => {
        const answer = await fetch(new URL(path, origin), {
          method: ask.method ?? "GET",
          headers: headersOf(ask),
          ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
          redirect: "manual",
          signal,
        });
        return [answer, await answer.text()] as const;
      });
      const answeredAt = monotonicNow();
      if (!ask.stranger) keepCookies(response);
      const isJson = response.headers.get("content-type")?.includes("json") ?? false;
      const body: unknown = isJson && text !== "" ? JSON.parse(text) : undefined;
      const problem = response.status >= 400 ? (body as Problem | undefined) : undefined;
      return { status: response.status, body, problem, sentAt, answeredAt };
    } catch {
      const answeredAt = monotonicNow();
      return { status: 0, body: undefined, problem: undefined, sentAt, answeredAt };
    }
  };

  return {
    ask: (path, ask = {}) => gate.pass(() => send(path, ask)),
    async submitForm(address, fields) {
      await gate
        .pass(async () => {
          const body = new URLSearchParams(fields);
          const back = await inTime(stop, async (signal) => {
            const page = await fetch(address, { method: "POST", body, redirect: "manual", signal });
            await page.arrayBuffer();
            return page.headers.get("location");
          });
          if (back !== null) await send(back, {});
        })
        .catch(() => undefined);
    },
    async listen(path, token, onMessage) {
      const leaving = new AbortController();
      const { signal } = leaving;
      const forget = onStop(stop, () => leaving.abort());
      try {
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(new URL(path, origin), { headers, signal });
        if (response.ok && response.body !== null) await readMessages(response.body, onMessage);
      } finally {
        forget();
        leaving.abort();
      }
    },
  };
}

/** Ends the wait itself and does not rely on the call to end: what was not answered is told as that. */
async function inTime<T>(stop: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const leaving = new AbortController();
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      leaving.abort();
      reject(new Error("no answer"));
    };
  });
  const timer = setTimeout(leave, answerMs);
  const forget = onStop(stop, leave);
  try {
    return await Promise.race([ask(leaving.signal), left]);
  } finally {
    clearTimeout(timer);
    forget();
  }
}

async function readMessages(
  stream: ReadableStream<Uint8Array>,
  onMessage: (name: string, data: unknown) => boolean,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const message = text.slice(0, end);
      text = text.slice(end + 2);
      const name = /^event: (.+)$/m.exec(message)?.[1];
      const data = /^data: (.+)$/m.exec(message)?.[1];
      if (name !== undefined && data !== undefined && !onMessage(name, JSON.parse(data))) return;
    }
  }
}

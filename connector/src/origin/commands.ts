// What the shop tells Usher: this fan has entered, may this fan still shop, more time, done, out.
// Every command is signed with the origin key and used once (origin-key.ts); repeating one that was
// lost is a new command with the same effect. Nothing here throws for the world's misbehaving: an
// answer that did not come, or made no sense, is `unavailable`, and the caller fails closed.

import { toBase64Url } from "../base64url.ts";
import type { Fetch } from "../key-set.ts";
import { commandHeaders, type OriginKey, signCommand } from "./origin-key.ts";

export type Command =
  /** Exchanges the token, once. The same nonce again is the same entering. */
  | { readonly command: "enter"; readonly admissionToken: string; readonly nonce: string }
  | { readonly command: "look"; readonly admissionId: string; readonly epoch: number }
  /** Until `forMs` from now, where Usher's bounds allow it; never shortens. */
  | {
      readonly command: "extend";
      readonly admissionId: string;
      readonly epoch: number;
      readonly forMs?: number;
    }
  /** The fan has bought or left: the place goes to the next one. `revoke`: the shop wants them out. */
  | { readonly command: "done" | "revoke"; readonly admissionId: string };

export type CommandReply =
  /** May shop until `shopUntil`, ms since 1970. */
  | { readonly kind: "active"; readonly shopUntil: number }
  | { readonly kind: "ended" }
  /** Entered before, with another nonce. */
  | { readonly kind: "used" }
  /** Usher does not know the key, or does not believe the signature or the clock. */
  | { readonly kind: "key-refused" }
  | { readonly kind: "unavailable" };

export type CommandSender = (command: Command) => Promise<CommandReply>;

const timeoutMs = 5_000;

export function openCommands(options: {
  /** Origin of Usher's gateway. */
  readonly usher: string;
  readonly onSale: string;
  readonly key: () => Promise<OriginKey>;
  readonly fetch?: Fetch | undefined;
  readonly now?: (() => number) | undefined;
}): CommandSender {
  const { onSale, now = Date.now } = options;
  const address = `${options.usher}/q/${encodeURIComponent(onSale)}/origin`;
  const ask: Fetch = options.fetch ?? ((to, init) => fetch(to, init));
  return async (command) => {
    const key = await options.key();
    const body = JSON.stringify(command);
    const timestamp = now();
    const nonce = randomNonce();
    const signature = await signCommand(key.signing, { onSale, timestamp, nonce, body });
    try {
      const response = await ask(address, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          [commandHeaders.keyId]: key.keyId,
          [commandHeaders.timestamp]: String(timestamp),
          [commandHeaders.nonce]: nonce,
          [commandHeaders.signature]: signature,
        },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: "manual",
      });
      return replyOf(response.status, await response.json());
    } catch {
      return { kind: "unavailable" };
    }
  };
}

/** 22 base64url characters. */
export function randomNonce(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}

function replyOf(status: number, body: unknown): CommandReply {
  if (status === 401) return { kind: "key-refused" };
  if (status !== 200 || typeof body !== "object" || body === null || !("kind" in body)) {
    return { kind: "unavailable" };
  }
  if (body.kind === "ended" || body.kind === "used") return { kind: body.kind };
  const shopUntil = "shopUntil" in body ? body.shopUntil : undefined;
  return body.kind === "active" && typeof shopUntil === "number"
    ? { kind: "active", shopUntil }
    : { kind: "unavailable" };
}

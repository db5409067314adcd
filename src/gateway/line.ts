// One on-sale as a gateway process knows it: the last frontier, its bytes made once, and the draw.
// Everything a waiting fan asks for is answered from here, without a store: position, people ahead
// and wait are arithmetic on the frontier and the fan's own token.
// Read next: domain/waiting-room/queue.ts (the arithmetic), lines.ts (where frontiers come from).

import { type Draw, openDraw } from "../domain/waiting-room/draw.ts";
import type { Frontier } from "../domain/waiting-room/frontier.ts";
import { standingOf } from "../domain/waiting-room/queue.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import { encodeMessage } from "../http/live/live-stream.ts";
import type { OnSale, Performance } from "../ports/catalog.ts";
import type { Standing } from "../wire/contract.ts";

export type Prepared = {
  frontier: Frontier;
  /** The document, once as text (to embed), once as bytes (to send), once as a stream message. */
  text: string;
  bytes: Uint8Array<ArrayBuffer>;
  message: Uint8Array;
  etag: string;
  /** Grows when the document says something new; the clock alone is nothing new. */
  version: number;
  /** Names what the document says, the clock aside: the same in every process, for who comes back. */
  messageId: string;
};

export type Line = {
  readonly onSaleId: OnSaleId;
  readonly onSale: OnSale;
  readonly performance: Performance | undefined;
  readonly prepared: Prepared;
  readonly draw: Draw | undefined;
  standing(index: number): Standing;
};

export function prepare(frontier: Frontier, earlier?: Prepared): Prepared {
  const text = JSON.stringify(frontier);
  const bytes = new TextEncoder().encode(text);
  const messageId = Bun.hash(JSON.stringify({ ...frontier, now: 0 })).toString(36);
  const isNews = messageId !== earlier?.messageId;
  return {
    frontier,
    text,
    bytes,
    message: encodeMessage("waiting", text, messageId),
    etag: `"${Bun.hash(bytes).toString(36)}"`,
    version: (earlier?.version ?? 0) + (isNews ? 1 : 0),
    messageId,
  };
}

/** The frontier's text is made once a tick; what is one fan's own is glued in front of it. */
export function withFrontier({ prepared }: Pick<Line, "prepared">, own: object): string {
  return `${JSON.stringify(own).slice(0, -1)},"frontier":${prepared.text}}`;
}

/** @param earlier keeps the draw's tables, which are made once per on-sale. */
export function lineOf(
  onSale: OnSale,
  frontier: Frontier,
  earlier?: Pick<Line, "draw" | "performance"> & Partial<Pick<Line, "prepared">>,
): Line {
  const draw = earlier?.draw ?? drawOf(frontier);
  return {
    onSaleId: onSale.onSaleId,
    onSale,
    performance: earlier?.performance,
    prepared: prepare(frontier, earlier?.prepared),
    draw,
    standing: (index) =>
      standingOf(index, { draw, serving: frontier.serving, joined: frontier.joined }),
  };
}

export function drawOf(frontier: Pick<Frontier, "draw">): Draw | undefined {
  const { seed, cohort } = frontier.draw;
  if (seed === undefined || cohort === undefined) return undefined;
  return openDraw(Buffer.from(seed, "hex"), cohort);
}

// Where the published draw comes from: an address of the on-sale (its frontier, or its waiting page,
// which lies beside it) or a file in which somebody kept that document. Nothing else of it is used.

import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../../foundation/fault.ts";

const timeoutMs = 10_000;
const maxBytes = 1024 * 1024;
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const draw = z.object({
  commitment: hex,
  seed: hex.optional(),
  cohort: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
});
const document = z.union([z.object({ draw }), draw.transform((kept) => ({ draw: kept }))]);

export type DrawDocument = z.output<typeof draw>;

export async function readPublishedDraw(from: string): Promise<DrawDocument> {
  const isAddress = /^https?:\/\//.test(from);
  const text = isAddress ? await fetched(frontierAddress(from)) : await fromFile(from);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unreadable(from, "is not JSON");
  }
  const read = document.safeParse(parsed);
  if (read.success) return read.data.draw;
  throw unreadable(
    from,
    "has no draw in it (draw.commitment, and after the opening seed and cohort)",
  );
}

/** `https://host/w/os_…` is what fans have in their address bar. */
export function frontierAddress(text: string): string {
  const url = new URL(text);
  const [, id] = /^\/(?:q|w|s)\/(os_[0-9A-Za-z]{22})(?:\/|$)/.exec(url.pathname) ?? [];
  return id === undefined ? text : `${url.origin}/q/${id}/frontier`;
}

async function fetched(address: string): Promise<string> {
  try {
    const response = await fetch(address, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const text = await response.text();
    if (text.length > maxBytes) throw new Error("the answer is too large");
    return text;
  } catch (error) {
    throw unreadable(address, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

async function fromFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, `cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function unreadable(from: string, why: string): Fault {
  return new Fault("draw-unreadable", `${from} ${why}`);
}

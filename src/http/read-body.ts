// Bodies of strangers: bounded in size, parsed once, checked by a zod schema. What is wrong is told
// by its place (`buyer.email`), so that a page can put the words beside the field.

import type { z } from "zod";
import { Refusal } from "./respond.ts";

const defaultLimitBytes = 16 * 1024;

export async function readText(request: Request, limitBytes = defaultLimitBytes): Promise<string> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > limitBytes)
    throw new Refusal("too-large", { detail: `limit: ${limitBytes} bytes` });
  // Announced, so it is neither longer nor shorter; going through it as a stream costs several times more.
  if (announced > 0 && !request.headers.has("transfer-encoding")) return await request.text();
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new Refusal("too-large", { detail: `limit: ${limitBytes} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  limitBytes = defaultLimitBytes,
): Promise<z.output<Schema>> {
  return check(schema, await readAnyJson(request, limitBytes));
}

/** For who checks it by other means than `check`. */
export async function readAnyJson(
  request: Request,
  limitBytes = defaultLimitBytes,
): Promise<unknown> {
  return parse(await readText(request, limitBytes));
}

export function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    where: issue.path.join(".") || "body",
    what: issue.message,
  }));
  throw new Refusal("bad-request", { errors });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("bad-request", { errors: [{ where: "body", what: "not JSON" }] });
  }
}

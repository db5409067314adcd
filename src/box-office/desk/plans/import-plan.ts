// Reading somebody's seating plan beside the sale: a large file takes seconds of arithmetic, so it is
// read in a thread of its own and no fan waits for it. Keeps: one at a time, bounded in size, in files
// and in time; a thread that does not come back is ended.
// Read next: import-thread.ts, domain/seating/import/detect.ts.

import type { ImportOutcome, SourceFile } from "../../../domain/seating/import/outcome.ts";
import { Fault } from "../../../foundation/fault.ts";
import { Refusal } from "../../../http/respond.ts";

/** Ten times the largest real plan; more is not a plan. */
export const maxPlanBytes = 50 * 1024 * 1024;
const maxFiles = 20;
const patienceMs = 60_000;

export type PlanReader = (files: readonly SourceFile[]) => Promise<ImportOutcome>;

export function openPlanReader(): PlanReader {
  let busy = false;
  return async (files) => {
    if (busy) throw new Refusal("import-busy", { retryAfterMs: 2_000 });
    busy = true;
    try {
      return await readInThread(files);
    } finally {
      busy = false;
    }
  };
}

function readInThread(files: readonly SourceFile[]): Promise<ImportOutcome> {
  const thread = new Worker(new URL("./import-thread.ts", import.meta.url).href);
  return new Promise<ImportOutcome>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Refusal("too-large", { detail: "reading the plan took over a minute" })),
      patienceMs,
    );
    thread.onmessage = ({ data }: MessageEvent<ImportOutcome>) => {
      clearTimeout(timer);
      resolve(data);
    };
    thread.onerror = (error) => {
      clearTimeout(timer);
      reject(new Fault("import-failed", `reading a plan failed: ${error.message}`));
    };
    thread.postMessage(files);
  }).finally(() => thread.terminate());
}

/** The files of a multipart upload, or the one file of a plain body (its name from the address). */
export async function readPlanFiles(request: Request): Promise<SourceFile[]> {
  const bytes = await readBytes(request);
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) {
    const name = new URL(request.url).searchParams.get("name") ?? "plan.json";
    return [{ name: baseName(name), text: decode(name, bytes) }];
  }
  const form = await new Response(bytes, { headers: { "content-type": type } })
    .formData()
    .catch(() => {
      throw new Refusal("bad-request", { errors: [{ where: "body", what: "not a form" }] });
    });
  const files = form.getAll("file").filter((part) => part instanceof File);
  if (files.length === 0 || files.length > maxFiles) {
    const what = `one to ${maxFiles} files, got ${files.length}`;
    throw new Refusal("bad-request", { errors: [{ where: "file", what }] });
  }
  return await Promise.all(
    files.map(async (file) => ({
      name: baseName(file.name),
      text: decode(file.name, await file.bytes()),
    })),
  );
}

async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  // A form has some bytes around its files.
  const limit = maxPlanBytes + 64 * 1024;
  const tooLarge = () => new Refusal("too-large", { detail: "at most 50 MB are read" });
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const path = baseName(name);
    throw new Refusal("plan-refused", {
      errors: [{ where: path, what: "is not UTF-8 text: save it as UTF-8 and try again" }],
    });
  }
}

/** A name is only shown and compared; it never becomes a path. */
function baseName(name: string): string {
  return (name.split(/[\\/]/).pop() || "plan.json").slice(0, 120);
}

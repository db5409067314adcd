// The provider's disk: one JSON value a line, appended and synced before anything is answered.
//
// Keeps: what was answered survives `kill -9`. Lines of many requests share one sync, so that
// durability costs little at the peak. A half-written last line (killed in the middle) was never
// answered and is cut off at the start. A journal that cannot write stops the provider for good.

import { type FileHandle, mkdir, open, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../../foundation/fault.ts";

export type Journal = {
  append(entry: unknown): void;
  /** Resolves once everything appended so far is on disk. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

export async function openJournal(
  dataDir: string,
  replay: (entry: unknown) => void,
): Promise<Journal> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, "ledger.jsonl");
  await replayFile(path, replay);
  return new AppendedFile(await open(path, "a", 0o600));
}

async function replayFile(path: string, replay: (entry: unknown) => void): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await truncate(path, end);
  for (let from = 0, line = 1; from < end; line += 1) {
    const to = bytes.indexOf(0x0a, from);
    try {
      replay(JSON.parse(bytes.toString("utf8", from, to)));
    } catch (cause) {
      throw new Fault(
        "ledger-damaged",
        `${path} line ${line} cannot be read; put the folder's backup back`,
        { cause },
      );
    }
    from = to + 1;
  }
}

class AppendedFile implements Journal {
  private readonly file: FileHandle;
  private lines: string[] = [];
  private running: Promise<void> | undefined;
  private broken: Fault | undefined;

  constructor(file: FileHandle) {
    this.file = file;
  }

  append(entry: unknown): void {
    this.lines.push(`${JSON.stringify(entry)}\n`);
  }

  async settled(): Promise<void> {
    // The write under way may have started before our lines: wait it out, then see to the rest.
    while (this.running !== undefined || this.lines.length > 0 || this.broken !== undefined) {
      this.running ??= this.write().finally(() => {
        this.running = undefined;
      });
      await this.running;
    }
  }

  private async write(): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    const text = this.lines.join("");
    this.lines = [];
    try {
      await this.file.appendFile(text);
      await this.file.datasync();
    } catch (cause) {
      // What is in memory is ahead of the disk from now on: every later answer would be a lie.
      this.broken = new Fault("ledger-unwritable", "the ledger cannot be written", { cause });
      throw this.broken;
    }
  }

  async close(): Promise<void> {
    try {
      await this.settled();
    } finally {
      await this.file.close();
    }
  }
}

// The mails of the demo, one .eml file each, newest last. Bounded: the oldest go when there are too many.
// A mail with a Message-ID that is already here is the same mail, whoever sends it again.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type MailFolder = {
  /** Answers the id under which the mail is kept. */
  keep(raw: Uint8Array, at: number): Promise<string>;
  /** Newest first. */
  list(limit: number): Promise<string[]>;
  read(id: string): Promise<Buffer | undefined>;
};

/** `<13 digits of ms>-<16 hex of the Message-ID>`: sorts by time, safe in a path. */
const idShape = /^\d{13}-[0-9a-f]{16}$/;

export async function openMailFolder(folder: string, limit = 2_000): Promise<MailFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).filter((name) => name.endsWith(".eml"));
  const ids = names.map((name) => name.slice(0, -".eml".length)).filter((id) => idShape.test(id));
  ids.sort();

  const drop = async () => {
    while (ids.length > limit) {
      const oldest = ids.shift();
      if (oldest !== undefined) await rm(join(folder, `${oldest}.eml`), { force: true });
    }
  };
  await drop();

  return {
    async keep(raw, at) {
      const mark = markOf(raw);
      const known = ids.find((id) => id.endsWith(mark));
      if (known !== undefined) return known;
      const id = `${String(at).padStart(13, "0")}-${mark}`;
      // Named before it is written, so that the same mail at the same moment is not kept twice.
      ids.push(id);
      const path = join(folder, `${id}.eml`);
      try {
        await writeFile(`${path}.new`, raw, { mode: 0o600 });
        await rename(`${path}.new`, path);
      } catch (error) {
        // Otherwise the sender's next try would be told that the mail is here.
        ids.splice(ids.indexOf(id), 1);
        throw error;
      }
      await drop();
      return id;
    },
    async list(count) {
      return ids.slice(-count).reverse();
    },
    async read(id) {
      if (!idShape.test(id) || !ids.includes(id)) return undefined;
      try {
        return await readFile(join(folder, `${id}.eml`));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}

function markOf(raw: Uint8Array): string {
  const head = Buffer.from(raw.subarray(0, 65_536)).toString("latin1");
  const id = /^message-id:\s*(<[^>\r\n]{1,300}>)/im.exec(head)?.[1];
  return createHash("sha256")
    .update(id ?? raw)
    .digest("hex")
    .slice(0, 16);
}

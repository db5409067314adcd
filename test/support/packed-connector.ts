// The connector as a shop gets it: packed by npm, unpacked into a scratch folder's node_modules, with
// the frameworks of this repository beside it. So what runs in the tests is what would be published.

import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
export const connectorFolder = join(root, "connector");

export type PackedConnector = {
  /** Has node_modules/@usher/connector, express, fastify, hono; put scripts in and run them here. */
  folder: string;
  /** Every file of the package, by its path in it. */
  files: string[];
  close(): Promise<void>;
};

export async function packConnector(): Promise<PackedConnector> {
  const folder = await mkdtemp(join(tmpdir(), "usher-connector-"));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    // Packed from a copy: the built files never lie about in the checkout.
    const copy = join(folder, "checkout", "connector");
    await cp(connectorFolder, copy, {
      recursive: true,
      filter: (from) => !/node_modules|\/dist(\/|$)/.test(from.slice(connectorFolder.length)),
    });
    await symlink(join(root, "node_modules"), join(folder, "checkout", "node_modules"));
    const modules = join(folder, "node_modules");
    await mkdir(join(modules, "@usher"), { recursive: true });
    await runIn(copy, ["npm", "pack", "--silent", "--pack-destination", folder]);
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await runIn(folder, ["tar", "-xzf", tarball ?? ""]);
    await cp(join(folder, "package"), join(modules, "@usher", "connector"), { recursive: true });
    for (const name of ["express", "fastify", "hono", "@types"]) {
      await symlink(join(root, "node_modules", name), join(modules, name));
    }
    const files = await readdir(join(folder, "package"), { recursive: true, withFileTypes: true });
    const inside = (path: string) => path.slice(join(folder, "package").length + 1);
    return {
      folder,
      files: files
        .filter((file) => file.isFile())
        .map((file) => inside(join(file.parentPath, file.name)))
        .sort(),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answers what it printed; throws with it where it failed. */
export async function runIn(cwd: string, command: string[]): Promise<string> {
  const run = Bun.spawn(command, { cwd, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}\n${out}\n${err}`);
  return out;
}

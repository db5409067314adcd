// `usher serve` as a process of its own, the way a person starts it: killed with -9, started again on
// the same folder, stopped with a signal. What it says is kept; what it leaves behind can be looked for.

import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseName, layoutOf, roleName } from "../../src/stores/postgres/embedded/layout.ts";

const program = join(import.meta.dir, "../../src/cli/main.ts");

export type Served = {
  origin: string;
  paymentsOrigin: string;
  mailboxOrigin: string;
  pid: number;
  output(): string;
  /** For looking into the books from outside, while it runs. */
  connectionString(): Promise<string>;
  kill(): Promise<void>;
  /** The exit code after a signal. */
  stop(signal?: NodeJS.Signals): Promise<number>;
};

export const scratchFolder = () => mkdtemp(join(tmpdir(), "usher-served-"));

/** Starts it and waits until it says that it is ready. */
export async function serve(dataDir: string, args: readonly string[] = []): Promise<Served> {
  const running = launch(dataDir, args);
  await Promise.race([running.child.exited, running.said("Usher is ready")]);
  const output = running.output();
  const address = (name: string) => new RegExp(`${name}\\s+(http://[^/\\s]+)`).exec(output)?.[1];
  const [origin, paymentsOrigin, mailboxOrigin] = [
    address("fans"),
    address("payments"),
    address("mailbox"),
  ];
  if (!origin || !paymentsOrigin || !mailboxOrigin) {
    running.child.kill("SIGKILL");
    throw new Error(`usher serve did not get ready:\n${output}`);
  }
  return {
    origin,
    paymentsOrigin,
    mailboxOrigin,
    pid: running.child.pid,
    output: running.output,
    async connectionString() {
      const { password, cluster } = layoutOf(join(dataDir, "postgres"));
      const secret = (await readFile(password, "utf8")).trim();
      const port = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n")[3];
      return `postgres://${roleName}:${secret}@127.0.0.1:${port}/${databaseName}`;
    },
    async kill() {
      running.child.kill("SIGKILL");
      await running.child.exited;
    },
    async stop(signal = "SIGTERM") {
      running.child.kill(signal);
      return await running.child.exited;
    },
  };
}

/** Runs it to its end: for starts that must fail, with what it said. */
export async function serveInVain(
  dataDir: string,
  args: readonly string[] = [],
): Promise<{ code: number; output: string }> {
  const running = launch(dataDir, args);
  const timer = setTimeout(() => running.child.kill("SIGKILL"), 30_000);
  const code = await running.child.exited;
  clearTimeout(timer);
  await running.ended;
  return { code, output: running.output() };
}

function launch(dataDir: string, args: readonly string[]) {
  const ports = ["--port", "0", "--payments-port", "0", "--mailbox-port", "0"];
  const given = args.includes("--port") ? args : [...ports, ...args];
  const child = Bun.spawn([process.execPath, program, "serve", "--data", dataDir, ...given], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  let text = "";
  const listeners = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      for (const listener of listeners) listener();
    }
  };
  const ended = Promise.all([read(child.stdout), read(child.stderr)]);
  return {
    child,
    ended,
    output: () => text,
    said: (words: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (text.includes(words) && text.includes("Ctrl-C")) resolve();
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Command lines of the processes that name the folder or work in it. */
export async function leftBehind(dataDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => "");
      if (command.includes(dataDir) || place.startsWith(dataDir)) found.push(`${pid} ${command}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

export const removeFolder = (dataDir: string) => rm(dataDir, { recursive: true, force: true });

// The sandbox payment provider as the process of its own that it is: started here, restarted when it
// dies (its ledger is on disk), ended by its own id, and gone with the platform however that ends.

import { join } from "node:path";
import { Fault } from "../../foundation/fault.ts";
import type { Log } from "../../foundation/log.ts";
import { readSandboxKeys, type SandboxKeys } from "../../payments/sandbox/keys.ts";

export type ProviderProcess = {
  /** Where we call it. */
  address: string;
  /** Where a fan's browser finds it. */
  publicAddress: string;
  keys: SandboxKeys;
  stop(): Promise<void>;
};

export type ProviderOptions = {
  dataDir: string;
  host: string;
  port: number;
  /** Where a fan's browser finds it; undefined: where we do. */
  publicUrl: string | undefined;
  /** undefined: it tells nobody how payments stand. */
  webhookUrl: string | undefined;
  log: Log;
};

const readyMs = 10_000;
const restartMs = 500;
/** Its ledger is safe at any moment, so a provider that hangs is not waited for. */
const politeStopMs = 4_000;

export async function startProviderProcess(options: ProviderOptions): Promise<ProviderProcess> {
  let stopping = false;
  let port = options.port;
  let child = await launch(options, port);
  port = Number(new URL(child.address).port);

  const watch = async () => {
    while (!stopping) {
      await child.process.exited;
      if (stopping) return;
      options.log.error(
        { code: child.process.exitCode },
        "sandbox provider ended; starting it again",
      );
      await Bun.sleep(restartMs);
      if (stopping) return;
      try {
        child = await launch(options, port);
        // Asked to stop while it was starting: nobody else knows of this one.
        if (stopping) child.process.kill("SIGTERM");
      } catch (error) {
        options.log.error({ err: String(error) }, "sandbox provider did not come back");
      }
    }
  };
  const watching = watch();

  return {
    address: child.address,
    publicAddress: options.publicUrl ?? child.address,
    keys: await readSandboxKeys(options.dataDir),
    async stop() {
      stopping = true;
      child.process.kill("SIGTERM");
      const firm = setTimeout(() => child.process.kill("SIGKILL"), politeStopMs);
      await watching;
      clearTimeout(firm);
    },
  };
}

async function launch(options: ProviderOptions, port: number) {
  const { dataDir, host, publicUrl, webhookUrl } = options;
  const main = join(import.meta.dir, "../main.ts");
  const args = ["sandbox-provider", "--data", dataDir, "--host", host, "--port", String(port)];
  if (webhookUrl !== undefined) args.push("--webhook-url", webhookUrl);
  args.push("--until-stdin-ends");
  if (publicUrl !== undefined) args.push("--public-url", publicUrl);
  const child = Bun.spawn([process.execPath, "run", main, ...args], {
    stdout: "pipe",
    stderr: "inherit",
    // A lifeline: if the platform is killed its end of the pipe closes, and the provider goes too, so
    // that the next start finds the port and the ledger free.
    stdin: "pipe",
    // Ctrl-C goes to the whole group of a terminal; the platform ends its provider itself, last.
    detached: true,
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), readyMs);
  const first = await firstLine(child.stdout);
  clearTimeout(timer);
  if (first === undefined) {
    throw new Fault(
      "provider-not-started",
      `the sandbox provider did not start on port ${port}; what it said is above.`,
    );
  }
  const { address } = JSON.parse(first) as { address: string };
  // 0.0.0.0 is where it listens, not where it is called.
  return { process: child, address: address.replace("//0.0.0.0:", "//127.0.0.1:") };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  return undefined;
}

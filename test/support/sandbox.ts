// The real sandbox provider as a child process, for tests: started on a free port in a scratch folder,
// stopped by its id. `kill` is kill -9; `start` again on the same folder continues the same ledger.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { newId, type OrderId } from "../../src/foundation/ids.ts";
import { readSandboxKeys } from "../../src/payments/sandbox/keys.ts";
import type { Rule } from "../../src/payments/sandbox/server/behaviour.ts";
import { sandboxGateway } from "../../src/payments/sandbox/sandbox-gateway.ts";
import { stripeGateway } from "../../src/payments/stripe/stripe-gateway.ts";
import { tossGateway } from "../../src/payments/toss/toss-gateway.ts";
import type { PaymentGateway, ProviderPayment } from "../../src/ports/payment-gateway.ts";
import { scratchFolder } from "./scratch.ts";

/** The protocols that the sandbox provider speaks, by the adapter that speaks to it. */
export type Dialect = "sandbox" | "stripe" | "toss";
export const dialects: readonly Dialect[] = ["sandbox", "stripe", "toss"];

/** Where the page stands that opens Toss's window; no test loads it through this address. */
export const windowPage = "http://shop.test/pay/toss";

export function gatewayFor(
  dialect: Dialect,
  { address, keys }: Pick<Sandbox, "address" | "keys">,
  options: { callMs?: number; concurrency?: number } = {},
): PaymentGateway {
  const common = {
    ...keys,
    callMs: options.callMs ?? 2_000,
    concurrency: options.concurrency ?? 25,
    now: Date.now,
  };
  switch (dialect) {
    case "sandbox":
      return sandboxGateway({ ...common, address });
    case "stripe":
      return stripeGateway({ ...common, apiOrigin: address, perSec: 1_000 });
    case "toss":
      return tossGateway({
        ...common,
        apiAddress: `${address}/toss`,
        windowPage,
        perSec: 1_000,
      });
  }
}

const program = join(import.meta.dir, "../../src/cli/sandbox-provider.ts");

export type Sandbox = {
  address: string;
  dataDir: string;
  keys: { secretKey: string; webhookSecret: string };
  gateway: PaymentGateway;
  card(number?: string): Promise<string>;
  behave(rule: Record<string, unknown>): Promise<void>;
  /** Bad weather that has not come yet. */
  rules(): Promise<Rule[]>;
  /** No more bad weather; also ends the silence of calls that wait for an answer. */
  calm(): Promise<void>;
  ledger(): Promise<ProviderPayment[]>;
  kill(): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
};

export async function startSandbox(
  options: {
    dataDir?: string;
    args?: string[];
    callMs?: number;
    port?: number;
    dialect?: Dialect;
  } = {},
): Promise<Sandbox> {
  const dataDir = options.dataDir ?? scratchFolder("sandbox");
  const child = Bun.spawn(
    [process.execPath, program, "--data", dataDir, "--port", String(options.port ?? 0)].concat(
      options.args ?? [],
    ),
    { stdout: "pipe", stderr: "inherit", stdin: "ignore" },
  );
  const address = await readyAddress(child.stdout);
  const keys = await readSandboxKeys(dataDir);
  const dialect = options.dialect ?? "sandbox";
  const gateway = gatewayFor(dialect, { address, keys }, options);
  /** Reads the books: no test is about how long that takes. */
  const patient = gatewayFor(dialect, { address, keys }, { callMs: 10_000 });
  const merchant = async (method: string, body?: object): Promise<Rule[]> => {
    const response = await fetch(`${address}/control/behaviour`, {
      method,
      headers: { authorization: `Bearer ${keys.secretKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`control answered ${response.status}`);
    return ((await response.json()) as { rules: Rule[] }).rules;
  };
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    child.kill(signal);
    await child.exited;
  };
  return {
    address,
    dataDir,
    keys,
    gateway,
    async card(number = "4242 4242 4242 4242") {
      const response = await fetch(`${address}/v1/payment-methods`, {
        method: "POST",
        body: JSON.stringify({ number }),
      });
      const body = (await response.json()) as { id?: string };
      if (body.id === undefined) throw new Error(`no card: ${JSON.stringify(body)}`);
      return body.id;
    },
    behave: async (rule) => void (await merchant("POST", rule)),
    rules: () => merchant("GET"),
    calm: async () => void (await merchant("DELETE")),
    async ledger() {
      const all: ProviderPayment[] = [];
      for await (const page of patient.ledger(0)) all.push(...page);
      return all;
    },
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGTERM");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function readyAddress(stdout: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stdout) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) return (JSON.parse(text) as { address: string }).address;
  }
  throw new Error("the sandbox provider ended before it was ready");
}

export const newOrderId = (): OrderId => newId("order");

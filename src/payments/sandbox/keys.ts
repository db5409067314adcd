// The two secrets of a sandbox provider: the API key of its only merchant and the webhook secret.
// They live in keys.json in the provider's folder (readable by its owner only); whoever starts the
// provider reads them there. They never appear on the command line, in the environment or in a log.

import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../foundation/fault.ts";

export type SandboxKeys = { secretKey: string; webhookSecret: string };

export async function readSandboxKeys(dataDir: string): Promise<SandboxKeys> {
  const path = join(dataDir, "keys.json");
  const text = await readFile(path, "utf8");
  try {
    const keys = JSON.parse(text) as Partial<SandboxKeys>;
    if (typeof keys.secretKey === "string" && typeof keys.webhookSecret === "string")
      return { secretKey: keys.secretKey, webhookSecret: keys.webhookSecret };
  } catch {
    // falls through to the fault below: half a file and a foreign file are mended the same way
  }
  throw new Fault("sandbox-keys-damaged", `${path} holds no keys; remove it and start again`);
}

/** Makes the keys on the first start and finds them again on every later one. */
export async function ensureSandboxKeys(dataDir: string): Promise<SandboxKeys> {
  await mkdir(dataDir, { recursive: true });
  try {
    return await readSandboxKeys(dataDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const keys = {
    secretKey: `sk_sandbox_${randomBytes(24).toString("base64url")}`,
    webhookSecret: `whsec_${randomBytes(24).toString("base64url")}`,
  };
  const path = join(dataDir, "keys.json");
  await writeFile(`${path}.new`, JSON.stringify(keys), { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  return keys;
}

// wrk (one thread) against an address, and nginx that answers given bytes to everything: the yardstick of
// what one core can serve. Both must be installed. wrk sends as fast as it is answered (closed model), so
// its latencies are kept in the raw output and are no goal.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/foundation/free-port.ts";
import { assert } from "../../src/foundation/assert.ts";

const seconds = 3;
const environment = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` };

/** Requests a second; all must be answered with success. @param bearers sent in turn, one a request. */
export async function wrk(
  url: string,
  { bearers = [], keep }: { bearers?: readonly string[]; keep: (text: string) => void },
): Promise<number> {
  const text = await runWrk(url, requestsOf(bearers), { keep });
  assertAllAnswered(text);
  return requestsPerSec(text);
}

/** @param script Lua that makes the requests. @returns what wrk printed, whatever was answered. */
export async function runWrk(
  url: string,
  script: string,
  { keep, connections = 64 }: { keep: (text: string) => void; connections?: number },
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "usher-bench-wrk-"));
  try {
    const file = join(folder, "requests.lua");
    writeFileSync(file, script);
    const load = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", file, url];
    const child = Bun.spawn(["wrk", ...load], { env: environment, stdout: "pipe" });
    const text = await new Response(child.stdout).text();
    await child.exited;
    keep(text);
    return text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function assertAllAnswered(text: string): void {
  assert(!/Non-2xx|Socket errors/.test(text), `not all were answered: ${text}`);
}

export function requestsPerSec(text: string): number {
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
}

/** Requests are made before the load begins, so that wrk spends the same on both sides. */
function requestsOf(bearers: readonly string[]): string {
  if (bearers.length === 0) return "";
  return `local requests = {}
local n = 0
init = function()
  for token in ([[${bearers.join(" ")}]]):gmatch("%S+") do
    requests[#requests + 1] = wrk.format("GET", wrk.path, { Authorization = "Bearer " .. token })
  end
end
request = function()
  n = n % #requests + 1
  return requests[n]
end
`;
}

export async function startNginx(body: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "usher-bench-nginx-"));
  const port = await freePort();
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  assert(!/['$\\]/.test(body), "bytes that nginx would read as its own");
  const config = `worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; ${paths.join(" ")}
  server { listen 127.0.0.1:${port}; location / {
    default_type application/json; add_header Cache-Control "public, max-age=1";
    return 200 '${body}'; } } }
`;
  writeFileSync(join(folder, "nginx.conf"), config);
  const command = ["nginx", "-e", `${folder}/error.log`, "-c", join(folder, "nginx.conf")];
  const child = Bun.spawn(command, { env: environment, stdout: "ignore", stderr: "inherit" });
  const url = `http://127.0.0.1:${port}/`;
  while (
    child.exitCode === null &&
    !(await fetch(url).then(
      () => true,
      () => false,
    ))
  ) {
    await Bun.sleep(20);
  }
  assert(child.exitCode === null, "nginx did not start");
  return {
    url,
    async stop() {
      child.kill("SIGQUIT");
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

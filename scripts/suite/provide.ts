// Brings up what the tests need beyond node_modules: a browser for the journeys, and a Redis server.
// Taken from the machine when it is there; installed from the distribution when we are root on Debian
// or Ubuntu; otherwise the person is told what to install, and those tests fail rather than vanish.

import { existsSync } from "node:fs";
import { findChromium } from "../../test/support/chromium.ts";
import { findRedisServer } from "../services/redis-server.ts";
import { run } from "./run.ts";

const installTimeoutMs = 600_000;

type Need = {
  what: string;
  packages: readonly string[];
  /** The setting that names one that is elsewhere. */
  setting: string;
  find(): string | undefined;
};

const needs: readonly Need[] = [
  {
    what: "browser",
    packages: ["chromium", "fonts-noto-cjk"],
    setting: "USHER_CHROMIUM",
    find: findChromium,
  },
  {
    what: "Redis server",
    packages: ["redis-server"],
    setting: "USHER_REDIS_SERVER",
    find: findRedisServer,
  },
];

export async function provideAll(out: (line: string) => void): Promise<void> {
  for (const need of needs) await provide(need, out);
}

async function provide(
  { what, packages, setting, find }: Need,
  out: (line: string) => void,
): Promise<boolean> {
  if (find() !== undefined) return true;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    out(`FAIL no ${what}. mend: install ${packages.join(" and ")}, or set ${setting} to one.`);
    return false;
  }
  out(`     installing ${packages.join(" and ")} with apt-get (once)`);
  // A package's own service must not start: tests start servers of their own.
  const apt = ["/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"];
  for (const step of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { code, output } = await run([...apt, ...step], { timeoutMs: installTimeoutMs });
    if (code !== 0) {
      out(`FAIL apt-get ${step[0]}: ${output.trim().split("\n").slice(-3).join(" / ")}`);
      return false;
    }
  }
  return find() !== undefined;
}

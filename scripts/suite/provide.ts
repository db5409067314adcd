// Brings up what the journeys need: a browser. Taken from the machine when it is there; installed
// from the distribution when we are root on Debian or Ubuntu; otherwise the person is told what to
// install, and the journeys fail rather than vanish.

import { existsSync } from "node:fs";
import { findChromium } from "../../test/support/chromium.ts";
import { run } from "./run.ts";

const installTimeoutMs = 600_000;
const packages = ["chromium", "fonts-noto-cjk"];

export async function provideChromium(out: (line: string) => void): Promise<boolean> {
  if (findChromium() !== undefined) return true;
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    out(`FAIL no browser. mend: install ${packages.join(" and ")}, or set USHER_CHROMIUM to one.`);
    return false;
  }
  out(`     installing ${packages.join(" and ")} with apt-get (once)`);
  const apt = ["/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  for (const step of [["update"], ["install", "-y", "--no-install-recommends", ...packages]]) {
    const { code, output } = await run([...apt, ...step], { timeoutMs: installTimeoutMs });
    if (code !== 0) {
      out(`FAIL apt-get ${step[0]}: ${output.trim().split("\n").slice(-3).join(" / ")}`);
      return false;
    }
  }
  return findChromium() !== undefined;
}

// Scratch folders that go when the test process has ended, however it ends: `bun test` fires no exit
// event, and a killed run could not anyway. A shell waits for our end of its pipe to close, then for
// the servers in the folder, which end with us, so that none is robbed of its files while it clears up.

import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const janitor = `
while read -r line; do :; done
tries=0
while find "$1" -name postmaster.pid 2>/dev/null | grep -q . && [ "$tries" -lt 50 ]; do
  sleep 0.1; tries=$((tries + 1))
done
tries=0
while [ -e "$1" ] && [ "$tries" -lt 20 ]; do rm -rf "$1"; sleep 0.5; tries=$((tries + 1)); done
`;

/** An empty folder; whoever is done with it earlier may remove it. */
export function scratchFolder(name = "test"): string {
  const folder = mkdtempSync(join(tmpdir(), `usher-${name}-`));
  spawn("/bin/sh", ["-c", janitor, "usher-test-janitor", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  }).unref();
  return folder;
}

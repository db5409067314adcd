// `npm run screenshots`: makes docs/pictures/*.png from a platform that really runs, on free ports and
// a scratch folder, with a line of programmed fans round the one who is photographed. Needs Chromium.
// Keeps: every picture is under 300 KB, and nothing in it is staged that a fan could not see.
// Read next: pictures/crowd.ts (the others in line), pictures/fan-pictures.ts, pictures/desk-pictures.ts.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatform } from "../src/cli/platform/platform.ts";
import { openLog } from "../src/foundation/log.ts";
import { launchChromium } from "../test/support/chromium.ts";
import { openAlbum } from "./pictures/album.ts";
import { gather } from "./pictures/crowd.ts";
import { deskPictures } from "./pictures/desk-pictures.ts";
import { fanPictures } from "./pictures/fan-pictures.ts";

const folder = join(import.meta.dir, "../docs/pictures");
const opensInMs = 30_000;

async function main(): Promise<void> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const dataDir = await mkdtemp(join(tmpdir(), "usher-pictures-"));
  await mkdir(folder, { recursive: true });
  say("starting a platform to photograph");
  const platform = await startPlatform({
    dataDir,
    port: 0,
    paymentsPort: 0,
    mailboxPort: 0,
    demoOpensInMs: opensInMs,
    log: openLog({ level: "warn", file: join(dataDir, "usher.log") }),
  });
  const browser = await launchChromium();
  const album = openAlbum(browser, folder, say);
  try {
    const crowd = await gather(platform);
    try {
      await fanPictures(platform, album, crowd);
      await crowd.pace({ ratePerSec: 120, maxCapacity: 3_600 });
      await crowd.grow(1_800);
      await deskPictures(platform, album);
    } finally {
      await crowd.goHome();
    }
  } finally {
    await browser.close();
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  say(`${album.taken} pictures in docs/pictures`);
}

await main();
process.exit(0);

// The last step of a purchase is the relay's: `kill -9` with one mail composed and not sent, and one sent
// and not noted. Another relay sends both, and each fan has one mail in the end.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../src/foundation/log.ts";
import { openMailFolder } from "../../src/mailbox/mail-folder.ts";
import { startMailSink } from "../../src/mailbox/mail-sink.ts";
import { smtpMailer } from "../../src/tickets/smtp-mailer.ts";
import { relayOnce } from "../../src/workers/relay.ts";
import { composeFrom } from "../support/mails.ts";
import { type Shop, startShop } from "../support/purchase.ts";

let shop: Shop;
let path = "";
beforeAll(async () => {
  shop = await startShop();
  path = await mkdtemp(join(tmpdir(), "usher-mail-kill-"));
}, 60_000);
afterAll(async () => {
  await shop?.close();
  await rm(path, { recursive: true, force: true });
});

test("[M5] a relay killed before and after it sent a mail: each is there, once", async () => {
  const folder = await openMailFolder(path);
  const sink = await startMailSink({ folder, port: 0, log: silentLog });
  const smtp = `smtp://127.0.0.1:${sink.port}`;
  const mailer = smtpMailer({ url: smtp, from: "a@shop.test" });
  await Promise.all([shop.bought(), shop.bought()]);
  const open = async () => {
    const sql = "select count(*)::int as n from outbox where sent_at is null";
    return (await shop.database.query<{ n: number }>(sql)).rows[0]?.n;
  };
  expect(await open()).toBe(2);

  const program = join(import.meta.dir, "support/killed-relay.ts");
  const child = Bun.spawn([process.execPath, program, shop.connectionString, smtp], {
    stdout: "pipe",
    stderr: "inherit",
  });
  for await (const chunk of child.stdout)
    if (new TextDecoder().decode(chunk).includes("there")) break;
  child.kill("SIGKILL");
  await child.exited;
  expect(await folder.list(10)).toHaveLength(1);
  expect(await open()).toBe(2);

  // Its lease lapses.
  await shop.database.query("update outbox set due_at = 0 where sent_at is null");
  const { outbox } = shop.stores;
  await relayOnce({ outbox, mailer, compose: composeFrom(shop.stores), log: silentLog });
  expect(await open()).toBe(0);
  expect(await folder.list(10)).toHaveLength(2);
  expect(
    await relayOnce({ outbox, mailer, compose: composeFrom(shop.stores), log: silentLog }),
  ).toBe(0);
  await mailer.close();
  await sink.stop();
}, 30_000);

// From a paid order to the mailbox: real outbox, real SMTP; mail is late when nobody takes it, and
// never undoes the sale.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeFrom } from "../../test/support/mails.ts";
import { type Shop, startShop } from "../../test/support/purchase.ts";
import { silentLog } from "../foundation/log.ts";
import { openMailFolder } from "../mailbox/mail-folder.ts";
import { startMailSink } from "../mailbox/mail-sink.ts";
import { readMail } from "../mailbox/read-mail.ts";
import { smtpMailer } from "../tickets/smtp-mailer.ts";
import { relayOnce, startRelay } from "./relay.ts";

let shop: Shop;
let path = "";
beforeAll(async () => {
  shop = await startShop();
  path = await mkdtemp(join(tmpdir(), "usher-relay-"));
}, 60_000);
afterAll(async () => {
  await shop?.close();
  await rm(path, { recursive: true, force: true });
});

test("a mail is tried again until it is taken, and sent twice it is still one", async () => {
  const order = await shop.draft();
  await shop.purchase.pay(order, await shop.sandbox.card());
  await shop.until(order.orderId, "confirmed");

  const { outbox } = shop.stores;
  const compose = composeFrom(shop.stores);
  const away = smtpMailer({ url: "smtp://127.0.0.1:9", from: "a@shop.test" });
  expect(await relayOnce({ outbox, mailer: away, compose, log: silentLog })).toBe(1);
  await away.close();
  expect((await shop.find(order.orderId)).state).toBe("confirmed");

  const folder = await openMailFolder(path);
  const sink = await startMailSink({ folder, port: 0, log: silentLog });
  const mailer = smtpMailer({ url: `smtp://127.0.0.1:${sink.port}`, from: "a@shop.test" });
  const relay = startRelay({ outbox, mailer, compose, log: silentLog, idleMs: 20 });
  while ((await folder.list(1)).length === 0) await Bun.sleep(10);
  await relay.stop();

  // As after a kill between sending and noting it.
  await shop.database.query("update outbox set sent_at = null, due_at = 0");
  expect(await relayOnce({ outbox, mailer, compose, log: silentLog })).toBe(1);
  const [id, ...others] = await folder.list(10);
  expect(others).toEqual([]);
  const mail = readMail((await folder.read(id ?? "")) ?? Buffer.alloc(0));
  const [ticket] = await shop.stores.orders.tickets(order.orderId);
  expect(mail.text).toContain(`http://shop.test/t/${ticket?.code}`);
  expect(mail.pictures).toHaveLength(2);
  expect(await relayOnce({ outbox, mailer, compose, log: silentLog })).toBe(0);
  await mailer.close();
  await sink.stop();
}, 20_000);

// Mail from order to mailbox, over real SMTP on loopback.

import { afterAll, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import type { Order } from "../ports/order-store.ts";
import { orderMail } from "../tickets/order-mail.ts";
import { smtpMailer } from "../tickets/smtp-mailer.ts";
import { openMailFolder } from "./mail-folder.ts";
import { startMailSink } from "./mail-sink.ts";
import { mailboxHandler } from "./mailbox-page.ts";
import { readMail } from "./read-mail.ts";

const path = await mkdtemp(join(tmpdir(), "usher-mailbox-"));
const folder = await openMailFolder(path, 3);
const sink = await startMailSink({ folder, port: 0, log: silentLog });
const mailer = smtpMailer({
  url: `smtp://127.0.0.1:${sink.port}`,
  from: "Usher <tickets@shop.test>",
});
const mailbox = mailboxHandler(folder);

afterAll(async () => {
  await mailer.close();
  await sink.stop();
  await rm(path, { recursive: true, force: true });
});

const price = { amount: 66_000, currency: "KRW" };
const line = { category: "A", section: "102", row: "7", price };
const order: Order = {
  orderId: newId("order"),
  onSaleId: newId("on-sale"),
  performanceId: newId("performance"),
  entryId: newId("entry"),
  holdId: newId("hold"),
  state: "confirmed",
  version: 5,
  attempt: 1,
  amount: { amount: 132_000, currency: "KRW" },
  buyer: { name: "김<b>하늘</b>", email: "fan@example.test", locale: "ko" },
  lines: [
    { ...line, seat: 7, label: "11" },
    { ...line, seat: 8, label: "12" },
  ],
  deadline: 0,
  payment: undefined,
  reason: undefined,
  createdAt: 0,
  updatedAt: 0,
};
const performance = {
  performanceId: order.performanceId,
  name: { ko: "봄밤의 노래", en: "Songs of a Spring Night" },
  venue: { ko: "한강 아레나", en: "Han River Arena" },
  planHash: "",
  seatCount: 10,
  startsAt: Date.UTC(2027, 3, 3, 10, 0),
  timeZone: "Asia/Seoul",
  epoch: 1,
};
const tickets = order.lines.map(({ seat }) => ({
  ticketId: newId("ticket"),
  orderId: order.orderId,
  performanceId: order.performanceId,
  seat,
  code: `code-${seat}`,
  state: "live" as const,
  issuedAt: 0,
}));
const compose = (key: string, locale: "ko" | "en" = "ko") =>
  orderMail({
    row: { key, topic: "order-confirmed" },
    order: { ...order, buyer: { ...order.buyer, locale } },
    performance,
    tickets,
    links: {
      publicUrl: "http://shop.test",
      buyerCode: async () => "",
      holderCode: async () => "holder",
    },
  });

test("a confirmed order's mail arrives with its tickets inside, and is shown harmlessly", async () => {
  await mailer.send(await compose("order:1"));
  const [id] = await folder.list(10);
  const raw = await folder.read(id ?? "");
  if (id === undefined || raw === undefined) throw new Error("no mail");
  const mail = readMail(raw);
  expect(mail.subject).toBe("예매가 완료되었습니다 · 봄밤의 노래");
  expect(mail.to).toContain("fan@example.test");
  expect(mail.text).toContain("102 7열 11번");
  expect(mail.text).toContain("₩132,000");
  expect(mail.text).toContain("오후 7:00");
  expect(mail.text).toContain("http://shop.test/t/code-7");
  expect(mail.pictures).toHaveLength(2);
  expect(mail.html).not.toContain("<b>하늘</b>");

  const list = await (await mailbox(new Request("http://mailbox/?lang=ko"))).text();
  expect(list).toContain("봄밤의 노래");
  const shown = await mailbox(new Request(`http://mailbox/mails/${id}`));
  expect(await shown.text()).toContain('sandbox="allow-popups');
  const body = await mailbox(new Request(`http://mailbox/mails/${id}/body`));
  expect(body.headers.get("content-security-policy")).toContain("default-src 'none'");
  const html = await body.text();
  expect(html.match(/data:image\/png;base64,/g)).toHaveLength(2);
  expect(html).not.toContain("cid:");
});

test("the same mail sent twice is one mail", async () => {
  const before = (await folder.list(10)).length;
  await mailer.send(await compose("order:1"));
  expect(await folder.list(10)).toHaveLength(before);
});

test("English is English, and the oldest mails go when there are too many", async () => {
  await mailer.send(await compose("order:2", "en"));
  const [newest] = await folder.list(1);
  expect(readMail((await folder.read(newest ?? "")) ?? Buffer.alloc(0)).text).toContain(
    "102, row 7, seat 11",
  );
  for (const key of ["order:3", "order:4", "order:5"]) await mailer.send(await compose(key));
  expect(await folder.list(10)).toHaveLength(3);
  expect(await (await openMailFolder(path, 3)).list(10)).toEqual(await folder.list(10));
});

test("what is not a mail's name is not found", async () => {
  for (const asked of ["../../etc/passwd", "0000000000000-0000000000000000", "x"])
    expect((await mailbox(new Request(`http://mailbox/mails/${asked}`))).status).toBe(404);
  expect((await mailbox(new Request("http://mailbox/", { method: "POST" }))).status).toBe(405);
});

test("a mail that nobody takes is a fault without an address in it", async () => {
  const away = smtpMailer({ url: "smtp://127.0.0.1:9", from: "a@shop.test" });
  const failed = away.send(await compose("order:9"));
  expect(failed).rejects.toMatchObject({ code: "mail-not-sent" });
  await failed.catch((error: Error) => expect(error.message).not.toContain("@"));
  await away.close();
});

test("a mail that could not be written is not here, and is taken when it is sent again", async () => {
  const place = await mkdtemp(join(tmpdir(), "usher-mailbox-"));
  try {
    const kept = await openMailFolder(place);
    const raw = Buffer.from("Message-ID: <once@shop.test>\r\n\r\nhello");
    await rm(place, { recursive: true });
    await expect(kept.keep(raw, 1)).rejects.toThrow(/ENOENT/);
    expect(await kept.list(10)).toEqual([]);
    await mkdir(place);
    const id = await kept.keep(raw, 2);
    expect(await kept.read(id)).toEqual(raw);
    expect(await kept.list(10)).toEqual([id]);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
});

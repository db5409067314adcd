// The mailbox: a real SMTP server for the platform to send to, and a page to read what came.

import type { Log } from "../../foundation/log.ts";
import { openMailFolder } from "../../mailbox/mail-folder.ts";
import { startMailSink } from "../../mailbox/mail-sink.ts";
import { mailboxHandler } from "../../mailbox/mailbox-page.ts";
import { listen } from "./listen.ts";

export type Mailbox = { origin: string; smtpUrl: string; stop(): Promise<void> };

export async function startMailbox(options: {
  dataDir: string;
  host: string;
  port: number;
  log: Log;
}): Promise<Mailbox> {
  const { dataDir, host, port, log } = options;
  const folder = await openMailFolder(dataDir);
  const sink = await startMailSink({ folder, port: 0, log });
  const web = listen({ host, port, what: "The mailbox", option: "--mailbox-port", log });
  web.serve({}, mailboxHandler(folder));
  return {
    origin: `http://localhost:${web.port}`,
    smtpUrl: `smtp://127.0.0.1:${sink.port}`,
    async stop() {
      await web.stop();
      await sink.stop();
    },
  };
}

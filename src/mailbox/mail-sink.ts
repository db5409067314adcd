// A local SMTP server that takes every mail and keeps it in a folder: where the demo's mail goes, over
// the same protocol as to a real one. It listens on loopback, delivers nothing, and bounds each mail.

import { SMTPServer } from "smtp-server";
import type { Log } from "../foundation/log.ts";
import type { MailFolder } from "./mail-folder.ts";

export type MailSink = { port: number; stop(): Promise<void> };

const largestMailBytes = 5_000_000;

export async function startMailSink(options: {
  folder: MailFolder;
  port: number;
  host?: string;
  log: Log;
}): Promise<MailSink> {
  const { port, log, host = "127.0.0.1" } = options;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    size: largestMailBytes,
    maxClients: 50,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      let length = 0;
      stream.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length <= largestMailBytes) chunks.push(chunk);
      });
      stream.on("error", (error) => done(error));
      const finish = async () => {
        done(length > largestMailBytes ? tooLarge() : await keep(options, Buffer.concat(chunks)));
      };
      stream.on("end", () => void finish());
    },
  });
  server.on("error", (cause) => log.warn({ cause: String(cause) }, "mail sink"));
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
  const address = server.server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function keep(
  { folder, log }: { folder: MailFolder; log: Log },
  raw: Buffer,
): Promise<Error | undefined> {
  try {
    await folder.keep(raw, Date.now());
    return undefined;
  } catch (cause) {
    log.error({ cause: String(cause) }, "a mail could not be kept");
    return Object.assign(new Error("try again later"), { responseCode: 451 });
  }
}

function tooLarge(): Error {
  return Object.assign(new Error("the mail is too large"), { responseCode: 552 });
}

// Sends mail by SMTP. One mailer keeps a few connections open; a mail that is refused or not taken in
// time is a fault, and the relay tries again later. Addresses never reach a log from here.

import { createTransport } from "nodemailer";
import { Fault } from "../foundation/fault.ts";
import type { Mailer } from "../ports/outbox.ts";

export type SmtpOptions = {
  /** smtp://user:password@host:port or smtps://… */
  url: string;
  /** "Usher <tickets@example.org>" */
  from: string;
};

const connectMs = 5_000;
const sendMs = 20_000;

export function smtpMailer({ url, from }: SmtpOptions): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const transport = createTransport({
    pool: true,
    maxConnections: 4,
    host: hostname,
    port: Number(port || (protocol === "smtps:" ? 465 : 587)),
    secure: protocol === "smtps:",
    ...(username === ""
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: sendMs,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: mail.to },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          messageId: mail.messageId,
          attachments: (mail.attachments ?? []).map(({ content, ...attachment }) => ({
            ...attachment,
            content: Buffer.from(content),
            contentDisposition:
              attachment.cid === undefined ? ("attachment" as const) : ("inline" as const),
          })),
        });
      } catch (cause) {
        // The message of the cause may name the address; its code does not.
        const code = (cause as { code?: string }).code ?? "refused";
        throw new Fault("mail-not-sent", `the mail was not taken (${code})`, { retryable: true });
      }
    },
    async close() {
      transport.close();
    },
  };
}

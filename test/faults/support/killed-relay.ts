// A relay in a process of its own, so that it can be killed with mails in hand: of two, the first is
// composed and not sent, the second is sent and not noted. Says so on a line of output, and stays.
//
// Arguments: connection string, the SMTP address.

import { silentLog } from "../../../src/foundation/log.ts";
import { openRecords } from "../../../src/stores/open.ts";
import { smtpMailer } from "../../../src/tickets/smtp-mailer.ts";
import { relayOnce } from "../../../src/workers/relay.ts";
import { composeFrom } from "../../support/mails.ts";

const [, , connectionString = "", smtp = ""] = process.argv;
const stores = await openRecords(connectionString, { poolSize: 2 });
const mailer = smtpMailer({ url: smtp, from: "a@shop.test" });
const forEver = new Promise<void>(() => {});
let mails = 0;

await relayOnce({
  outbox: stores.outbox,
  compose: composeFrom(stores),
  log: silentLog,
  mailer: {
    async send(mail) {
      mails += 1;
      if (mails === 2) {
        await mailer.send(mail);
        console.log("there");
      }
      await forEver;
    },
  },
});

// P1 and P2: what nearly everybody asks for at the peak, from a real `usher gateway` in a process of its
// own, ÷ nginx (one worker) answering the same bytes to the same requests. P1: the frontier document.
// P2: the personal status of 5,000 fans in turn, who poll again and again; and beside it of so many in turn
// that the gateway knows no token any more when it comes again, and unseals each (docs/adr/0041). The tokens
// are sealed by the benchmark with the installation's key, and nobody came before the opening, so what a
// draw adds to the arithmetic is not in it.

import { signQueueToken } from "../src/domain/waiting-room/queue-token.ts";
import { newId } from "../src/foundation/ids.ts";
import { pathTo } from "../src/wire/routes.ts";
import type { Bench } from "./support/bench.ts";
import { type Installation, openInstallation } from "./support/installation.ts";
import { startNginx, wrk } from "./support/wrk.ts";

const fans = 5_000;
/** Twice as many as a gateway believes unread. */
const strangers = 100_000;
const note = "wrk with one thread takes one core; PostgreSQL, Redis and the server share the other";

export const frontierDocument: Bench = {
  id: "p1",
  what: "frontier document from one gateway, against nginx with the same bytes",
  figures: {
    gateway: "frontier document, requests/s",
    nginx: "nginx, the same bytes, requests/s",
  },
  goals: [{ what: "frontier document ÷ nginx", of: "gateway", over: "nginx", atLeast: 1 }],
  async open({ keep }) {
    const installation = await openInstallation();
    const { onSaleId } = await installation.createOnSale(0, { ratePerSec: 1 });
    const gateway = await installation.start("gateway");
    const url = gateway.url + pathTo("frontier", { onSaleId });
    const nginx = await startNginx(await (await fetch(url)).text());
    return {
      sides: [
        async () => ({ gateway: await wrk(url, { keep }) }),
        async () => ({ nginx: await wrk(nginx.url, { keep }) }),
      ],
      notes: () => [note],
      close: () => closeBoth(nginx, installation),
    };
  },
};

export const personalStatus: Bench = {
  id: "p2",
  what: "personal status from one gateway, against nginx with the same bytes",
  figures: {
    gateway: "personal status, requests/s",
    strangers: "personal status of fans whose tokens are unsealed each time, requests/s",
    nginx: "nginx, the same bytes, requests/s",
  },
  goals: [{ what: "personal status ÷ nginx", of: "gateway", over: "nginx", atLeast: 0.6 }],
  async open({ keep }) {
    const installation = await openInstallation();
    const { onSaleId } = await installation.createOnSale(0, { ratePerSec: 1 });
    const keys = await installation.postgres.keys.sealing("queue-token");
    const all = Array.from({ length: fans + strangers }, (_, index) =>
      signQueueToken(keys, { onSaleId, entryId: newId("entry"), index, joinedAt: Date.now() }),
    );
    const [bearers, unknown] = [all.slice(0, fans), all.slice(fans)];
    const gateway = await installation.start("gateway");
    const url = gateway.url + pathTo("status", { onSaleId });
    const headers = { authorization: `Bearer ${bearers.at(-1)}` };
    const nginx = await startNginx(await (await fetch(url, { headers })).text());
    return {
      sides: [
        async () => ({ gateway: await wrk(url, { bearers, keep }) }),
        async () => ({ nginx: await wrk(nginx.url, { bearers, keep }) }),
        async () => ({ strangers: await wrk(url, { bearers: unknown, keep }) }),
      ],
      notes: () => [note],
      close: () => closeBoth(nginx, installation),
    };
  },
};

async function closeBoth(nginx: { stop(): Promise<void> }, installation: Installation) {
  await nginx.stop();
  await installation.close();
}

// P1 and P2: what nearly everybody asks for at the peak, from a real `usher gateway` in a process of its
// own, ÷ nginx (one worker) answering the same bytes to the same requests. P1: the frontier document.
// P2: the personal status of 5,000 fans in turn, their queue tokens checked each time. The tokens are
// sealed by the benchmark with the installation's key, and nobody came before the opening, so what a
// draw adds to the arithmetic is not in it.

import { signQueueToken } from "../src/domain/waiting-room/queue-token.ts";
import { newId } from "../src/foundation/ids.ts";
import { pathTo } from "../src/wire/routes.ts";
import type { Bench } from "./support/bench.ts";
import { openInstallation } from "./support/installation.ts";
import { startNginx, wrk } from "./support/wrk.ts";

const fans = 5_000;

const waiting = (
  id: "p1" | "p2",
  route: "frontier" | "status",
  { what, atLeast }: { what: string; atLeast: number },
): Bench => ({
  id,
  what: `${what} from one gateway, against nginx with the same bytes`,
  figures: { gateway: `${what}, requests/s`, nginx: "nginx, the same bytes, requests/s" },
  goals: [{ what: `${what} ÷ nginx`, of: "gateway", over: "nginx", atLeast }],
  async open({ keep }) {
    const installation = await openInstallation();
    const { onSaleId } = await installation.createOnSale(0, { ratePerSec: 1 });
    const keys = await installation.postgres.keys.sealing("queue-token");
    const bearers = Array.from({ length: route === "status" ? fans : 0 }, (_, nth) => {
      const entry = { onSaleId, entryId: newId("entry"), index: nth, joinedAt: Date.now() };
      return signQueueToken(keys, entry);
    });
    const gateway = await installation.start("gateway");
    const url = gateway.url + pathTo(route, { onSaleId });
    const headers = { authorization: `Bearer ${bearers[fans - 1] ?? ""}` };
    const nginx = await startNginx(await (await fetch(url, { headers })).text());
    return {
      sides: [
        async () => ({ gateway: await wrk(url, { bearers, keep }) }),
        async () => ({ nginx: await wrk(nginx.url, { bearers, keep }) }),
      ],
      notes: () => [
        "wrk with one thread takes one core; PostgreSQL, Redis and the server share the other",
      ],
      async close() {
        await nginx.stop();
        await installation.close();
      },
    };
  },
});

export const frontierDocument = waiting("p1", "frontier", {
  what: "frontier document",
  atLeast: 1,
});
export const personalStatus = waiting("p2", "status", { what: "personal status", atLeast: 0.6 });

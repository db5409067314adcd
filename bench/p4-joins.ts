// P4: joins over HTTP, one gateway process on one Redis ÷ a bare Bun server that signs a queue token for
// each POST. A join is what ends with a number: two requests, because the first answer is a challenge to
// come back with (docs/adr/0028-join-challenge.md). wrk reads each challenge and comes back with it; the
// bare server never gives one, so each of its answers is a token. Beside the ratio stands how many requests
// the gateway answered: a join is two of them.

import { join } from "node:path";
import { assert } from "../src/foundation/assert.ts";
import { pathTo } from "../src/wire/routes.ts";
import type { Bench } from "./support/bench.ts";
import { openInstallation } from "./support/installation.ts";
import { joinsByWrk } from "./support/wrk-joins.ts";

export const joinsOverHttp: Bench = {
  id: "p4",
  what: "joins over HTTP through one gateway and one Redis, against a bare POST that signs a token",
  figures: {
    joins: "joins/s, the challenge and coming back with it included",
    requests: "requests/s that the gateway answered for them",
    bare: "bare Bun server, POSTs that sign a token/s",
  },
  goals: [
    { what: "joins ÷ bare POST", of: "joins", over: "bare", atLeast: 0.6 },
    { what: "requests of joins ÷ bare POST", of: "requests", over: "bare", atLeast: 0.6 },
  ],
  async open({ keep }) {
    const installation = await openInstallation();
    const { onSaleId } = await installation.createOnSale(0, { ratePerSec: 1 });
    const gateway = await installation.start("gateway");
    const bare = await startBare(onSaleId);
    const url = gateway.url + pathTo("join", { onSaleId });
    return {
      sides: [
        async () => {
          const { joins, requests } = await joinsByWrk(url, keep);
          return { joins, requests };
        },
        async () => ({ bare: (await joinsByWrk(bare.url, keep)).joins }),
      ],
      notes: () => [
        "wrk with one thread takes one core and runs a script for each request and answer; PostgreSQL, Redis and the server share the other",
        "a join is two requests: at the cost of a bare POST for each, 0.5 would be the most",
      ],
      async close() {
        bare.stop();
        await installation.close();
      },
    };
  },
};

async function startBare(onSaleId: string): Promise<{ url: string; stop(): void }> {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "support/bare-join.ts"), onSaleId],
    {
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const url = new TextDecoder().decode(value).trim();
  assert(url.startsWith("http://"), "the bare server says where it is");
  return { url, stop: () => child.kill() };
}

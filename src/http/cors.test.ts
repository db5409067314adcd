import { describe, expect, test } from "bun:test";
import { silentLog } from "../foundation/log.ts";
import { pathTo } from "../wire/routes.ts";
import { openCors } from "./cors.ts";
import { type Mounted, toBunRoutes } from "./mount.ts";
import { json, Refusal } from "./respond.ts";

const page = "https://cdn.example.org";
const onSaleId = "os_0";

async function serving(allowed: readonly string[], work: (address: string) => Promise<void>) {
  const mounted: Mounted = {
    status: {
      GET: async () => {
        throw new Refusal("queue-token-invalid");
      },
    },
    join: { POST: () => json({ kind: "joined" }) },
    onSale: { GET: () => json({ kind: "sale" }) },
    holds: { GET: () => json({ hold: null }), POST: () => json({}) },
    deskMe: { GET: () => json({}) },
  };
  const routes = toBunRoutes(mounted, silentLog, openCors(allowed));
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, routes });
  try {
    await work(server.url.origin);
  } finally {
    await server.stop(true);
  }
}

const ask = (url: string, origin: string, method = "GET") =>
  fetch(url, { method, headers: { origin } });
const grant = (answer: Response) => answer.headers.get("access-control-allow-origin");

describe("pages of other origins", () => {
  test("an allowed one reads the line, refusals too, and never with credentials", async () => {
    await serving([page], async (address) => {
      const status = await ask(address + pathTo("status", { onSaleId }), page);
      expect([status.status, grant(status)]).toEqual([401, page]);
      expect(status.headers.get("vary")).toContain("Origin");
      const asked = await ask(address + pathTo("join", { onSaleId }), page, "OPTIONS");
      expect([asked.status, grant(asked)]).toEqual([204, page]);
      const headers = asked.headers.get("access-control-allow-headers");
      expect(headers).toBe("authorization, content-type, last-event-id");
      for (const answer of [status, asked])
        expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    });
  });

  test("a stranger's reads what is public, and nothing else", async () => {
    await serving([page], async (address) => {
      const stranger = "https://cdn.example.org.evil.test";
      expect(grant(await ask(address + pathTo("onSale", { onSaleId }), stranger))).toBe("*");
      const status = await ask(address + pathTo("status", { onSaleId }), stranger);
      expect(grant(status)).toBeNull();
      expect(status.headers.get("vary")).toContain("Origin");
      const asked = await ask(address + pathTo("join", { onSaleId }), stranger, "OPTIONS");
      expect([asked.status, grant(asked)]).toEqual([405, null]);
    });
  });

  test("the shop and the desk are closed to the allowed ones as well", async () => {
    await serving([page], async (address) => {
      for (const path of [pathTo("holds", { onSaleId }), pathTo("deskMe")])
        for (const method of ["GET", "OPTIONS"])
          expect(grant(await ask(address + path, page, method))).toBeNull();
    });
  });
});

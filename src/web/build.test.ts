import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { newId } from "../foundation/ids.ts";
import { pathTo } from "../wire/routes.ts";
import { buildSite, writeSite } from "./build.ts";
import { encodingFor } from "./serve-site.ts";

const site = await buildSite({
  gatewayOrigin: "https://queue.example.org",
  shopOrigin: "https://shop.example.org",
});
const onSaleId = newId("on-sale");
const get = (path: string, headers: Record<string, string> = {}) =>
  site.respond(new Request(`http://localhost${path}`, { headers }));

describe("site", () => {
  test("the waiting page is one file within one round trip", async () => {
    const response = get(pathTo("waitingPage", { onSaleId }), { "accept-encoding": "br" });
    const bytes = await (response as Response).bytes();
    const html = brotliDecompressSync(bytes).toString();
    let headerBytes = 0;
    response?.headers.forEach((value, name) => {
      headerBytes += name.length + value.length + 4;
    });
    expect(bytes.length + headerBytes).toBeLessThanOrEqual(14 * 1024);
    expect(html).not.toMatch(/<script[^>]+src|<link rel="stylesheet"/);
    const policy = response?.headers.get("content-security-policy") ?? "";
    expect(policy).toContain(
      "connect-src 'self' https://queue.example.org https://shop.example.org",
    );
    expect(policy).not.toContain("unsafe");
  });

  test("answers for its own paths only", () => {
    expect(get("/")?.status).toBe(200);
    expect(get("/w/os_x/more")).toBeUndefined();
    expect(get("/api/on-sales")).toBeUndefined();
    expect(get("/w/:onSaleId")).toBeUndefined();
    expect(site.respond(new Request("http://localhost/", { method: "POST" }))).toBeUndefined();
  });

  test("a known etag costs no body, another encoding has another etag", () => {
    const first = get("/", { "accept-encoding": "gzip" });
    const etag = first?.headers.get("etag") ?? "";
    expect(get("/", { "accept-encoding": "gzip", "if-none-match": etag })?.status).toBe(304);
    expect(get("/", { "accept-encoding": "br", "if-none-match": etag })?.status).toBe(200);
  });

  test("fans without JavaScript are sent to the plain waiting room", () => {
    const response = get(`${pathTo("waitingPage", { onSaleId })}?plain=1`);
    expect(response?.status).toBe(303);
    expect(response?.headers.get("location")).toBe(pathTo("plain", { onSaleId }));
  });

  test("refuses what is not an origin", () => {
    expect(buildSite({ gatewayOrigin: "https://a.example/;script-src *" })).rejects.toThrow(
      "origin",
    );
  });

  test("writes pages that any file server can show", async () => {
    const dir = await mkdtemp(join(tmpdir(), "usher-pages-"));
    try {
      const gatewayOrigin = "https://queue.example.org";
      const shopOrigin = "https://shop.example.org";
      const written = await writeSite(dir, { gatewayOrigin, shopOrigin, onSaleIds: [onSaleId] });
      const own = join(dir, "w", onSaleId, "index.html");
      expect(written).toContain(own);
      const html = await Bun.file(own).text();
      expect(html).toContain(`url=${gatewayOrigin}${pathTo("plain", { onSaleId })}`);
      expect(await Bun.file(join(dir, "w/index.html")).text()).not.toContain("?plain=1");
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});

test("encodings: refused ones are not used", () => {
  expect(encodingFor("gzip, deflate, br, zstd")).toBe("br");
  expect(encodingFor("br;q=0, gzip;q=0.5")).toBe("gzip");
  expect(encodingFor("")).toBe("identity");
});

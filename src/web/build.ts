// Builds all pages once, at start (about a second): `buildSite()` for a server, `writeSite()` for any
// CDN or file server. The waiting page is one self-contained file, so that it needs no other request.
// Read next: pages.ts (which pages there are), build-page.ts (how one is made), serve-site.ts (answering).

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../foundation/fault.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import { pathTo } from "../wire/routes.ts";
import { bundlePage, escapeHtml, type Origins } from "./build-page.ts";
import { type PageEntry, pages } from "./pages.ts";
import type { PaymentPages } from "./payment-pages.ts";
import { type Site, siteOf } from "./serve-site.ts";

export type { Site } from "./serve-site.ts";

export type BuildOptions = {
  /** Origins of gateway and box office for pages that are served from elsewhere. Default: their own. */
  gatewayOrigin?: string;
  shopOrigin?: string;
  /** Where fans pay. Default: they tell the card to the page's own origin. */
  payment?: PaymentPages;
  /** Default: every page of the registry. */
  only?: readonly PageEntry[];
};

export async function buildSite(options: BuildOptions = {}): Promise<Site> {
  const origins = originsOf(options);
  return siteOf(
    await Promise.all(
      (options.only ?? pages)
        .filter(({ opensTossWindow }) => !opensTossWindow || origins.payment.provider === "toss")
        .map((page) => bundlePage(page, origins)),
    ),
  );
}

export type WriteOptions = {
  gatewayOrigin: string;
  shopOrigin: string;
  /**
   * On-sales to write a page of their own for. Only these send fans without JavaScript straight to the
   * plain waiting room; the general page (`w/index.html`, for a server that answers every `/w/*` with
   * it) can only name the address.
   */
  onSaleIds?: readonly OnSaleId[];
};

/** Writes the public pages with their compressed twins; returns the paths that were written. */
export async function writeSite(dir: string, options: WriteOptions): Promise<string[]> {
  const origins = originsOf(options);
  const written: string[] = [];
  for (const page of pages.filter((entry) => entry.cacheable && entry.inline)) {
    const made = await bundlePage(page, origins);
    // A CDN or a file server may not send our headers, so the policy goes along in the page.
    const policy = `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(made.policy)}"><meta name="referrer" content="no-referrer">`;
    const bundled = { ...made, html: made.html.replace("</title>", `</title>${policy}`) };
    const names = page.page === "home" ? ["index.html"] : ["w/index.html"];
    for (const name of names) {
      const html = bundled.html.replace(/<noscript><meta[^>]*><\/noscript>/, "");
      written.push(...(await writePage(join(dir, name), { ...bundled, html })));
    }
    if (page.page !== "waitingPage") continue;
    for (const onSaleId of options.onSaleIds ?? []) {
      const plain = origins.gateway + pathTo("plain", { onSaleId });
      const html = bundled.html.replace("url=?plain=1", `url=${plain}`);
      const file = join(dir, pathTo("waitingPage", { onSaleId }), "index.html");
      written.push(...(await writePage(file, { ...bundled, html })));
    }
  }
  return written;
}

async function writePage(
  path: string,
  page: Awaited<ReturnType<typeof bundlePage>>,
): Promise<string[]> {
  const [file] = siteOf([page]).files.values();
  if (!file) return [];
  await mkdir(dirname(path), { recursive: true });
  await Bun.write(path, file.bytes.identity);
  await Bun.write(`${path}.br`, file.bytes.br);
  await Bun.write(`${path}.gz`, file.bytes.gzip);
  return [path, `${path}.br`, `${path}.gz`];
}

function originsOf(options: BuildOptions): Origins {
  const { payment = { provider: "sandbox", origin: "" } } = options;
  return {
    gateway: originOf("gateway", options.gatewayOrigin),
    shop: originOf("shop", options.shopOrigin),
    payment:
      payment.provider === "sandbox"
        ? { ...payment, origin: originOf("payment", payment.origin) }
        : payment,
  };
}

/** Origins go into the CSP: anything but scheme, host and port would be a hole or a silent failure. */
function originOf(what: string, text: string | undefined): string {
  if (!text) return "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "https:" || url.protocol === "http:")) {
    if (url.pathname === "/" && !url.search && !url.hash && !url.username) return url.origin;
  }
  throw new Fault(
    "origin-malformed",
    `The ${what} origin "${text}" is not an origin; give scheme, host and port, like https://tickets.example.org`,
  );
}

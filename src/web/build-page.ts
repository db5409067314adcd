// Makes one page out of its row in pages.ts: bundles script and style with Bun, writes the HTML, and
// the Content-Security-Policy that fits it exactly. Keeps: nothing inline without its hash, nothing
// from third parties, and a page's fixed parts never depend on who asks.
// Read next: build.ts, serve-site.ts.

import { createHash } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../foundation/fault.ts";
import { routes } from "../wire/routes.ts";
import { withoutUnused } from "./build-style.ts";
import type { PageEntry } from "./pages.ts";
import { cardOrigin, type PaymentPages, windowSources } from "./payment-pages.ts";

export type Origins = {
  /** Where the gateway answers; "" for the page's own origin. */
  gateway: string;
  /** Where the box office answers; "" for the page's own origin. */
  shop: string;
  payment: PaymentPages;
};

export type Asset = { path: string; type: string; text: string };
export type BundledPage = {
  entry: PageEntry;
  html: string;
  policy: string;
  assets: Asset[];
};

const webRoot = import.meta.dir;
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath fill='%234338ca' d='M4 0a4 4 0 1 1 0 8H0V4a4 4 0 0 1 4-4'/%3E%3C/svg%3E";

export async function bundlePage(entry: PageEntry, origins: Origins): Promise<BundledPage> {
  const [script, wholeStyle, body] = await Promise.all([
    bundleText(join(webRoot, entry.script)),
    bundleText(join(webRoot, entry.style)),
    Bun.file(join(webRoot, entry.body)).text(),
  ]);
  const inline = entry.inline === true;
  const style = inline ? withoutUnused(wholeStyle, body + script) : wholeStyle;
  const assets: Asset[] = inline
    ? []
    : [asset(entry.page, "js", script), asset(entry.page, "css", style)];
  // A closing tag inside a string literal would end the script early.
  const inlineScript = script.replaceAll("</script", "<\\/script");
  const worker = entry.worker && (await bundleText(join(webRoot, entry.worker.script)));
  const policy = policyFor(entry, origins, inline ? { script: inlineScript, style } : undefined);
  const [js, css] = assets;
  const config = JSON.stringify(configOf(entry, origins));
  const html = [
    '<!doctype html><html lang="ko"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">',
    `<title>${escapeHtml(entry.title)}</title>`,
    config === "{}" ? "" : `<meta name="usher" content="${escapeHtml(config)}">`,
    `<link rel="icon" href="${icon}">`,
    // The address stays the same and only gains a query: these bytes do not know their on-sale.
    entry.plainWithoutScript
      ? '<noscript><meta http-equiv="refresh" content="0;url=?plain=1"></noscript>'
      : "",
    css ? `<link rel="stylesheet" href="${css.path}">` : `<style>${style}</style>`,
    js ? `<script type="module" src="${js.path}"></script>` : "",
    `</head><body>${body.trim()}`,
    js ? "" : `<script type="module">${inlineScript}</script>`,
    "</body></html>",
  ].join("");
  if (entry.worker && worker !== undefined) {
    const path = routes[entry.worker.route];
    assets.push({ path, type: "text/javascript; charset=utf-8", text: worker });
  }
  return { entry, html, policy, assets };
}

function configOf(entry: PageEntry, { payment, ...origins }: Origins): Partial<Origins> {
  const own = Object.entries(origins).filter(([, origin]) => origin !== "");
  const isOwn = payment.provider === "sandbox" && payment.origin === "";
  const pays = entry.talksToPayment === true || entry.opensTossWindow === true;
  return { ...Object.fromEntries(own), ...(isOwn || !pays ? {} : { payment }) };
}

function policyFor(
  entry: PageEntry,
  origins: Origins,
  inlined: { script: string; style: string } | undefined,
): string {
  const { gateway, shop } = origins;
  const payment = entry.talksToPayment ? cardOrigin(origins.payment) : "";
  const toss = entry.opensTossWindow ? windowSources(origins.payment) : undefined;
  const api = [...new Set([gateway, shop])].map((origin) => origin && ` ${origin}`).join("");
  return [
    "default-src 'none'",
    `script-src ${inlined ? hashSource(inlined.script) : "'self'"}${toss?.script ?? ""}`,
    // A script of theirs may style what it opens; nothing else is on that page.
    `style-src ${inlined ? hashSource(inlined.style) : "'self'"}${toss ? " 'unsafe-inline'" : ""}`,
    `connect-src 'self'${api}${payment}${toss?.rest ?? ""}`,
    `img-src ${inlined ? "" : "'self' "}data:${toss?.rest ?? ""}`,
    ...(entry.usesCamera ? ["media-src 'self' blob:", "worker-src 'self' blob:"] : []),
    ...(payment || toss ? [`frame-src${payment}${toss?.rest ?? ""}`] : []),
    // The inlined page has no form: without scripts it sends its fans to a page of the gateway's.
    `form-action ${inlined ? "'none'" : `'self'${gateway && ` ${gateway}`}${payment}${toss?.rest ?? ""}`}`,
    "base-uri 'none'",
  ].join("; ");
}

const hashSource = (text: string) =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function asset(page: string, extension: "js" | "css", text: string): Asset {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 10);
  const type = extension === "js" ? "text/javascript" : "text/css";
  return {
    path: `${routes.home}assets/${page}-${hash}.${extension}`,
    type: `${type}; charset=utf-8`,
    text,
  };
}

async function bundleText(entrypoint: string): Promise<string> {
  try {
    const built = await Bun.build({
      entrypoints: [entrypoint],
      target: "browser",
      format: "esm",
      minify: true,
      define: { "process.env.NODE_ENV": '"production"' },
    });
    const [output] = built.outputs;
    if (!output) throw new Error("the bundler gave no output");
    return (await output.text()).trim();
  } catch (cause) {
    const logs = cause instanceof AggregateError ? cause.errors.map(String).join("; ") : `${cause}`;
    throw new Fault("page-build-failed", `bundling ${entrypoint} failed: ${logs}`, { cause });
  }
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

// Answers for the built pages: finds the file for a path, the encoding the client takes, and says how
// long it may be kept. Everything is compressed once at start; a request only picks bytes.
// Keeps Y1: nothing here depends on who asks, no cookie is read or set.

import { createHash } from "node:crypto";
import { brotliCompressSync, gzipSync, constants as zlib } from "node:zlib";
import { hasVersion } from "../wire/etag.ts";
import { pathTo, routes } from "../wire/routes.ts";
import type { Asset, BundledPage } from "./build-page.ts";
import type { PageEntry } from "./pages.ts";

export type Encoding = "br" | "gzip" | "identity";
export type SiteFile = {
  bytes: Record<Encoding, Uint8Array<ArrayBuffer>>;
  etag: string;
  headers: Record<string, string>;
};

export type Site = {
  /** undefined where the path (or the method) is not a page's. */
  respond(request: Request): Response | undefined;
  /** For writing the site elsewhere and for measuring: route or asset path → file. */
  files: ReadonlyMap<string, SiteFile>;
};

const immutable = "public, max-age=31536000, immutable";
const shared = "public, max-age=60, stale-while-revalidate=600";

export function siteOf(pages: readonly BundledPage[]): Site {
  const files = new Map<string, SiteFile>();
  const matches: { pattern: RegExp; file: SiteFile }[] = [];
  for (const page of pages) {
    const file = fileOf(page.html, pageHeaders(page));
    files.set(routes[page.entry.page], file);
    matches.push({ pattern: pagePattern(page.entry), file });
    for (const asset of page.assets) files.set(asset.path, fileOf(asset.text, assetHeaders(asset)));
  }
  const find = (path: string) =>
    path.includes(":")
      ? undefined
      : ((path.startsWith("/assets/") || path === routes.scanWorker
          ? files.get(path)
          : undefined) ?? matches.find(({ pattern }) => pattern.test(path))?.file);
  return {
    files,
    respond(request) {
      if (request.method !== "GET" && request.method !== "HEAD") return undefined;
      const url = new URL(request.url);
      const file = find(url.pathname);
      if (!file) return undefined;
      return plainRedirect(url) ?? answer(file, request);
    },
  };
}

/** `/w/<on-sale>?plain=1` is where a browser without JavaScript goes (see build-page.ts). */
function plainRedirect(url: URL): Response | undefined {
  const [, room, onSaleId] = url.pathname.split("/");
  if (room !== "w" || !onSaleId || !url.searchParams.has("plain")) return undefined;
  const lang = url.searchParams.get("lang") === "en" ? "?lang=en" : "";
  const plain = pathTo("plain", { onSaleId: decodeURIComponent(onSaleId) }) + lang;
  return new Response(null, {
    status: 303,
    headers: { location: plain, "cache-control": "no-store" },
  });
}

function answer(file: SiteFile, request: Request): Response {
  const encoding = encodingFor(request.headers.get("accept-encoding") ?? "");
  const etag = `"${file.etag}-${encoding}"`;
  const headers: Record<string, string> = { ...file.headers, etag };
  if (encoding !== "identity") headers["content-encoding"] = encoding;
  if (hasVersion(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const bytes = file.bytes[encoding];
  headers["content-length"] = String(bytes.length);
  return new Response(request.method === "HEAD" ? null : bytes, { headers });
}

/** Brotli where taken, else gzip. `q=0` means refused. */
export function encodingFor(accepted: string): Encoding {
  const takes = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .map((part) => part.trim())
      .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
      .map((part) => part.split(";")[0]?.trim()),
  );
  return takes.has("br") ? "br" : takes.has("gzip") ? "gzip" : "identity";
}

/** The addresses of a page. */
export function pagePattern(entry: PageEntry): RegExp {
  // A ticket's code is the longest name in an address: 163 characters.
  const path = routes[entry.page].replace(/:[a-zA-Z]+/g, "[^/]{1,256}");
  // `/desk/api` is the desk's own interface, never the page.
  const below = entry.andBelow ? "(?!/api(?:/|$))(?:/[^?]{0,256})?" : "/?";
  return new RegExp(`^${path === "/" ? "/" : path + below}$`);
}

function fileOf(text: string, headers: Record<string, string>): SiteFile {
  const raw = Buffer.from(text);
  const br = brotliCompressSync(raw, {
    params: {
      [zlib.BROTLI_PARAM_QUALITY]: 11,
      [zlib.BROTLI_PARAM_SIZE_HINT]: raw.length,
      [zlib.BROTLI_PARAM_LGWIN]: raw.length < 65_000 ? 16 : 22,
      [zlib.BROTLI_PARAM_MODE]: zlib.BROTLI_MODE_TEXT,
    },
  });
  return {
    bytes: {
      br: new Uint8Array(br),
      gzip: new Uint8Array(gzipSync(raw, { level: 9 })),
      identity: new Uint8Array(raw),
    },
    etag: createHash("sha256").update(raw).digest("base64url").slice(0, 16),
    headers,
  };
}

function pageHeaders({ entry, policy }: BundledPage): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": entry.cacheable ? shared : "private, no-cache",
    vary: "accept-encoding",
    "content-security-policy": `${policy}; frame-ancestors 'none'`,
    "referrer-policy": "no-referrer",
    // The one-file pages count every byte: they are HTML through and through, open no window, and
    // their policy lets no foreign script in to begin with.
    ...(!entry.inline && {
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": `camera=${entry.usesCamera ? "(self)" : "()"}, microphone=(), geolocation=()`,
    }),
  };
}

function assetHeaders(asset: Asset): Record<string, string> {
  return {
    "content-type": asset.type,
    // A worker has a fixed address: the browser asks for it again.
    "cache-control": asset.path.startsWith("/assets/") ? immutable : "no-cache",
    vary: "accept-encoding",
    "x-content-type-options": "nosniff",
  };
}

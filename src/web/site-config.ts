// What a page learns from the server that built it: where the gateway and the box office answer.
// It travels in one <meta>, because strict CSP leaves no room for inline script data.

import type { Route } from "../wire/routes.ts";
import { pathTo } from "../wire/routes.ts";

export type SiteConfig = {
  /** Origin of the gateway, e.g. "https://queue.example.org"; "" where it is the page's own. */
  gateway: string;
  /** Origin of the box office; "" where it is the page's own. */
  shop: string;
};

export function siteConfig(): SiteConfig {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="usher"]');
  const own = { gateway: "", shop: "" };
  return meta ? { ...own, ...JSON.parse(meta.content) } : own;
}

/** The full address of one on-sale's route, from its pattern (see route-pattern.ts). */
export function onSaleAddress(pattern: string, onSaleId: string): string {
  const { gateway, shop } = siteConfig();
  return (
    (pattern.startsWith("/q") ? gateway : shop) +
    pattern.replace(":onSaleId", encodeURIComponent(onSaleId))
  );
}

/** The full address of a route of the box office. */
export function apiAddress(route: Route, parameters: Record<string, string | number> = {}): string {
  return siteConfig().shop + pathTo(route, parameters);
}

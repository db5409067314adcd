// A bundler macro: `import { routePattern } from "…" with { type: "macro" }` puts one route's text
// into a page at build time, so that a page that must stay small does not carry the whole table.

import { type Route, routes } from "../wire/routes.ts";

export function routePattern(route: Route): string {
  return routes[route];
}

// The pages as a role serves them. Where one origin has both gateway and box office (a host with path
// routing, a single process) every role serves every page. Where each has its own, a role serves its own
// pages and sends fans to the other origin for the rest: a shop page under the gateway's origin would
// have no cookie, because cookies belong to one origin.

import { buildSite } from "../../web/build.ts";
import { pages } from "../../web/pages.ts";
import type { PaymentPages } from "../../web/payment-pages.ts";
import { pagePattern } from "../../web/serve-site.ts";
import type { RoleDeps } from "./role.ts";

type PageOwner = (typeof pages)[number]["of"];

export type RolePages = (request: Request) => Response;

export async function openRolePages(
  role: PageOwner,
  { origins, payment }: Pick<RoleDeps, "origins"> & { payment: PaymentPages },
): Promise<RolePages> {
  if (origins.gateway === origins.shop) {
    const site = await buildSite({ payment });
    return (request) => site.respond(request) ?? notFound();
  }
  const own = await buildSite({
    payment,
    only: pages.filter((page) => page.of === role),
    ...(role === "gateway" ? { shopOrigin: origins.shop } : {}),
  });
  const elsewhere = role === "gateway" ? origins.shop : origins.gateway;
  const others = pages.filter((page) => page.of !== role).map(pagePattern);
  return (request) => {
    const { pathname } = new URL(request.url);
    return (
      own.respond(request) ??
      (others.some((pattern) => pattern.test(pathname)) ? sentTo(elsewhere, request) : notFound())
    );
  };
}

function sentTo(origin: string, request: Request): Response {
  const { pathname, search } = new URL(request.url);
  return new Response(null, {
    status: 307,
    headers: { location: origin + pathname + search, "cache-control": "no-store" },
  });
}

function notFound(): Response {
  return new Response("404", { status: 404 });
}

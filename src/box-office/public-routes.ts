// What anybody may read: on-sales, plans, the page's settings. The same for everyone and cacheable;
// a plan never changes under its hash.

import type { Mounted } from "../http/mount.ts";
import { publicJson, Refusal } from "../http/respond.ts";
import { type Sales, saleView } from "./sales.ts";

const year = 31_536_000;

export function publicRoutes(
  sales: Sales,
): Pick<Mounted, "onSales" | "onSale" | "planOverview" | "planSection"> {
  return {
    onSales: {
      GET: async () => publicJson({ onSales: (await sales.allShown()).map(saleView) }, 2),
    },
    onSale: {
      GET: async ({ params }) => {
        const sale = (await sales.allShown()).find(
          ({ onSale }) => onSale.onSaleId === params["onSaleId"],
        );
        if (sale === undefined) throw new Refusal("not-found");
        return publicJson(saleView(sale), 2);
      },
    },
    planOverview: { GET: async ({ params }) => plan(await sales.overview(hashOf(params))) },
    planSection: {
      GET: async ({ params }) => {
        const section = Number(params["section"]);
        if (!Number.isInteger(section) || section < 0) throw new Refusal("not-found");
        return plan(await sales.section(hashOf(params), section));
      },
    },
  };
}

function hashOf({ planHash = "" }: Record<string, string>): string {
  if (!/^[0-9a-f]{64}$/.test(planHash)) throw new Refusal("not-found");
  return planHash;
}

function plan(text: string | undefined): Response {
  if (text === undefined) throw new Refusal("not-found");
  return new Response(text, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": `public, max-age=${year}, immutable`,
    },
  });
}

// Where the payment provider and the fan coming back from it knock. Both are hints: they make us ask
// the provider ourselves, so a forged, late, doubled or reordered one changes nothing (M2, M3).

import { parseId } from "../../foundation/ids.ts";
import type { Handler } from "../../http/mount.ts";
import { readText } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { PaymentGateway } from "../../ports/payment-gateway.ts";
import type { Purchase } from "../../purchase/purchase.ts";
import { pathTo } from "../../wire/routes.ts";

export type ProviderRoutesDeps = {
  orders: OrderStore;
  purchase: Purchase;
  gateway: PaymentGateway;
};

export function providerRoutes(deps: ProviderRoutesDeps): { back: Handler; webhook: Handler } {
  return {
    async back({ params, request }) {
      const orderId = parseId("order", params.orderId);
      const order = orderId && (await deps.orders.find(orderId));
      if (!order) throw new Refusal("order-not-found");
      const taken = await deps.purchase.returned(order, new URL(request.url).searchParams);
      if (!taken) throw new Refusal("briefly-unavailable", { retryAfterMs: 1_000 });
      const location = pathTo("orderPage", { onSaleId: order.onSaleId, orderId: order.orderId });
      return new Response(null, {
        status: 303,
        headers: { location, "cache-control": "no-store" },
      });
    },

    async webhook({ params, request }) {
      if (params.provider !== deps.gateway.provider) throw new Refusal("not-found");
      const body = await readText(request, 64 * 1024);
      const hint = await deps.gateway.readWebhook(body, request.headers);
      if (hint === undefined) throw new Refusal("forbidden", { detail: "signature" });
      // Anybody can send what nobody signed: such a hint is worth no more than a page that asks.
      await (hint.signed ? deps.purchase.advance(hint.orderId) : deps.purchase.look(hint.orderId));
      return json({ kind: "received" });
    },
  };
}

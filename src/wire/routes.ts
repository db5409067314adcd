// Every route in one place, so that pages, servers, tests and documents cannot disagree.
// Gateway routes live under /q, box-office routes under /api, pages elsewhere.

export const routes = {
  // gateway (public; the queue token travels in the Authorization header, never in an address)
  frontier: "/q/:onSaleId/frontier",
  join: "/q/:onSaleId/join",
  status: "/q/:onSaleId/status",
  live: "/q/:onSaleId/live",
  claim: "/q/:onSaleId/claim",
  leave: "/q/:onSaleId/leave",
  /** Back to the front of the line, with the token that an order's page has where money came late. */
  priorityReturn: "/q/:onSaleId/return",
  /** The waiting room without JavaScript: a page made by the server, refreshed by the browser. */
  plain: "/q/:onSaleId/plain",
  /** Commands of a shop of one's own, signed with its origin key. */
  origin: "/q/:onSaleId/origin",
  /** Published keys that admission tokens are verified with. */
  keys: "/q/keys.json",

  // box office (public reads)
  onSales: "/api/on-sales",
  onSale: "/api/on-sales/:onSaleId",
  planOverview: "/api/plans/:planHash",
  planSection: "/api/plans/:planHash/sections/:section",

  // box office (protected: a shop session)
  enter: "/api/on-sales/:onSaleId/enter",
  shopSession: "/api/on-sales/:onSaleId/session",
  availability: "/api/on-sales/:onSaleId/availability",
  availabilityLive: "/api/on-sales/:onSaleId/availability/live",
  holds: "/api/on-sales/:onSaleId/holds",
  hold: "/api/on-sales/:onSaleId/holds/:holdId",
  extendHold: "/api/on-sales/:onSaleId/holds/:holdId/extend",
  orders: "/api/on-sales/:onSaleId/orders",
  order: "/api/on-sales/:onSaleId/orders/:orderId",
  orderPay: "/api/on-sales/:onSaleId/orders/:orderId/pay",
  orderCancel: "/api/on-sales/:onSaleId/orders/:orderId/cancel",
  orderLive: "/api/on-sales/:onSaleId/orders/:orderId/live",
  /** With the buyer's code in the body: works after the shop session, from the mail. */
  buyerOrder: "/api/buyer-order",
  giveBackPreview: "/api/buyer-order/give-back/preview",
  giveBack: "/api/buyer-order/give-back",
  paymentReturn: "/api/orders/:orderId/return",
  webhook: "/api/webhooks/:provider",
  /** Readable with the order's own secret, sent in the mail: works after the shop session. */
  ticket: "/api/tickets/:code",
  ticketPdf: "/api/tickets/:code/ticket.pdf",
  ticketPng: "/api/tickets/:code/ticket.png",
  ticketSvg: "/api/tickets/:code/ticket.svg",
  ticketCalendar: "/api/tickets/:code/calendar.ics",
  ticketKeys: "/api/ticket-keys.json",
  revocations: "/api/performances/:performanceId/revocations.json",
  /** With the holder's or the offer's code in the body: neither belongs in an address that is logged. */
  ticketHolding: "/api/ticket-holding",
  ticketOffer: "/api/ticket-holding/offer",
  ticketAgain: "/api/ticket-holding/mail",
  offered: "/api/offered-ticket",
  offeredAccept: "/api/offered-ticket/accept",

  // gates (a gate device's session)
  gateSignIn: "/api/gate/sign-in",
  gateSession: "/api/gate/session",
  gateList: "/api/gate/list",
  gateSeats: "/api/gate/seats",
  gateScans: "/api/gate/scans",

  // desk (an operator's session; the paths lie under deskApi)
  deskApi: "/desk/api",
  deskSignIn: "/desk/api/sign-in",
  deskSignOut: "/desk/api/sign-out",
  deskMe: "/desk/api/me",
  deskPlans: "/desk/api/plans",
  deskPlanImport: "/desk/api/plans/import",
  deskPlanDemo: "/desk/api/plans/demo",
  deskPlan: "/desk/api/plans/:planHash",
  deskPerformances: "/desk/api/performances",
  deskOnSales: "/desk/api/on-sales",
  deskOnSale: "/desk/api/on-sales/:onSaleId",
  deskOnSalePreview: "/desk/api/on-sales/:onSaleId/preview",
  deskOnSaleActions: "/desk/api/on-sales/:onSaleId/actions",
  deskOnSaleLive: "/desk/api/on-sales/:onSaleId/live",
  deskAccent: "/desk/api/accent/:hex",
  deskHealth: "/desk/api/health",
  deskStuckOrders: "/desk/api/stuck-orders",
  /** With what is looked for in the body: e-mail addresses do not belong in an address that is logged. */
  deskOrderSearch: "/desk/api/orders/find",
  deskOrder: "/desk/api/orders/:orderId",
  deskRefundPreview: "/desk/api/orders/:orderId/refunds/preview",
  deskRefunds: "/desk/api/orders/:orderId/refunds",
  deskOrderAgain: "/desk/api/orders/:orderId/again",
  deskOrderPayBack: "/desk/api/orders/:orderId/pay-back",
  deskOrderSettle: "/desk/api/orders/:orderId/settle",
  deskRefundAgain: "/desk/api/refunds/:refundId/again",
  deskRefundSettle: "/desk/api/refunds/:refundId/settle",
  deskAudit: "/desk/api/audit",
  deskOriginKeys: "/desk/api/origin-keys",
  deskOriginKey: "/desk/api/origin-keys/:keyId",
  deskCodeBatches: "/desk/api/on-sales/:onSaleId/presale-codes",
  /** As a file: `3.csv`. */
  deskCodeBatch: "/desk/api/on-sales/:onSaleId/presale-codes/:batch",
  deskDoor: "/desk/api/performances/:performanceId/door",
  /** A performance that does not take place: what it costs, the word for it, how far it has come. */
  deskCancellation: "/desk/api/performances/:performanceId/cancellation",
  deskGates: "/desk/api/performances/:performanceId/gates",
  deskGateDevices: "/desk/api/gates/:gateId/devices",
  deskGateDevice: "/desk/api/gate-devices/:deviceId",

  // pages
  home: "/",
  waitingPage: "/w/:onSaleId",
  shopPage: "/s/:onSaleId",
  orderPage: "/o/:onSaleId/:orderId",
  /** Where Toss Payments' window is opened, if that is the provider. */
  tossPage: "/pay/toss",
  ticketPage: "/t/:code",
  offerPage: "/give/:offer",
  scanPage: "/scan",
  scanWorker: "/scan-worker.js",
  deskPage: "/desk",
  health: "/health",
  /** Of the one process that answers, for whoever starts and balances processes. */
  healthLive: "/health/live",
  healthReady: "/health/ready",
  metrics: "/metrics",
} as const;

export type Route = keyof typeof routes;

/** Fills a route's parameters in. */
export function pathTo(route: Route, parameters: Record<string, string | number> = {}): string {
  return routes[route].replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`route ${route} needs ${name}`);
    return encodeURIComponent(String(value));
  });
}

// The registry of pages. To add one: write its folder (body.html, a script, a style), add a row.
// build.ts bundles every row at start and serve-site.ts answers for its route.

import type { Route } from "../wire/routes.ts";

export type PageName = Extract<
  Route,
  | "home"
  | "waitingPage"
  | "shopPage"
  | "orderPage"
  | "tossPage"
  | "ticketPage"
  | "offerPage"
  | "scanPage"
  | "deskPage"
>;

export type PageEntry = {
  page: PageName;
  /** Whose page it is, where gateway and box office have origins of their own. */
  of: "gateway" | "box-office";
  /** Shown until the script has chosen a language. */
  title: string;
  /** Files relative to src/web. The style is bundled: it starts with `@import` of tokens and base. */
  body: string;
  script: string;
  style: string;
  /** One self-contained file: CSS and JS inside, allowed by hash. For pages that a CDN shows alone. */
  inline?: true;
  /** Also answers for every path below its route (a page with its own addresses inside). */
  andBelow?: true;
  /** The browser may talk to the payment provider from here. */
  talksToPayment?: true;
  /** Opens Toss Payments' window by Toss's own script; there only where Toss is the provider. */
  opensTossWindow?: true;
  /** A service worker, served at a fixed address beside the page. */
  worker?: { route: Route; script: string };
  /** The browser may open the camera here (ticket check-in). */
  usesCamera?: true;
  /** Sends fans without JavaScript to the plain waiting room. */
  plainWithoutScript?: true;
  /** May be kept by shared caches. Pages hold nothing personal, but only public ones gain from it. */
  cacheable?: true;
};

export const pages: readonly PageEntry[] = [
  {
    page: "home",
    of: "gateway",
    title: "Usher",
    body: "fan/home/body.html",
    script: "fan/home/home.ts",
    style: "fan/home/home.css",
    inline: true,
    cacheable: true,
  },
  {
    page: "waitingPage",
    of: "gateway",
    title: "대기실 · Waiting room",
    body: "fan/waiting-room/body.html",
    script: "fan/waiting-room/waiting-room.ts",
    style: "fan/waiting-room/waiting-room.css",
    inline: true,
    plainWithoutScript: true,
    cacheable: true,
  },
  {
    page: "shopPage",
    of: "box-office",
    title: "좌석 선택 · Choose seats",
    body: "fan/shop/body.html",
    script: "fan/shop/shop-page.tsx",
    style: "fan/shop/shop.css",
    talksToPayment: true,
  },
  {
    page: "orderPage",
    of: "box-office",
    title: "주문 · Order",
    body: "fan/order/body.html",
    script: "fan/order/order-page.tsx",
    style: "fan/order/order.css",
    talksToPayment: true,
  },
  {
    page: "tossPage",
    of: "box-office",
    title: "결제 · Payment",
    body: "fan/toss/body.html",
    script: "fan/toss/toss-page.ts",
    style: "fan/toss/toss.css",
    opensTossWindow: true,
  },
  {
    page: "ticketPage",
    of: "box-office",
    title: "티켓 · Ticket",
    body: "fan/ticket/body.html",
    script: "fan/ticket/ticket-page.ts",
    style: "fan/ticket/ticket.css",
  },
  {
    page: "offerPage",
    of: "box-office",
    title: "티켓 받기 · A ticket for you",
    body: "fan/gift/body.html",
    script: "fan/gift/gift-page.ts",
    style: "fan/gift/gift.css",
  },
  {
    page: "scanPage",
    of: "box-office",
    title: "입장 확인 · Check-in",
    body: "scanner/body.html",
    script: "scanner/scan-page.ts",
    style: "scanner/scanner.css",
    worker: { route: "scanWorker", script: "scanner/worker.ts" },
    usesCamera: true,
  },
  {
    page: "deskPage",
    of: "box-office",
    title: "Usher · 운영 데스크 · Desk",
    body: "operator/body.html",
    script: "operator/main.tsx",
    style: "operator/desk.css",
    andBelow: true,
  },
];

// Where everything is, for the person who started it: the same lines from `usher serve` and `usher cluster`.

import type { FirstOperator } from "../../box-office/desk/first-operator.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { pathTo } from "../../wire/routes.ts";

export type Addresses = {
  tookMs: number;
  /** Of the gateway, where fans begin, and of the box office with the desk. */
  origins: { gateway: string; shop: string };
  mailboxOrigin: string;
  /** Of the sandbox provider; undefined: another one takes the money. */
  paymentsOrigin: string | undefined;
  /** Who that is. */
  provider?: string;
  demo: OnSale | undefined;
  /** Told only to whoever starts it the first time. */
  firstOperator: FirstOperator | undefined;
  /** How a lost password is made anew. */
  resetWith: string;
  dataDir: string;
  /** More lines: a name and what belongs to it. */
  more?: readonly [name: string, says: string][];
};

export function addressLines(addresses: Addresses): string {
  const { origins, demo, firstOperator, more = [] } = addresses;
  const row = (name: string, says: string) => `  ${name.padEnd(13)} ${says}`;
  const waiting = demo ? pathTo("waitingPage", { onSaleId: demo.onSaleId }) : "/";
  const lines = [
    "",
    `Usher is ready (${(addresses.tookMs / 1000).toFixed(1)} s)`,
    "",
    row("fans", origins.gateway + waiting),
    ...(demo
      ? [row("", `demo on-sale, ${openingOf(demo)}; all on-sales: ${origins.gateway}/`)]
      : []),
    row("desk", origins.shop + pathTo("deskPage")),
    firstOperator
      ? row("", `${firstOperator.email}  ${firstOperator.password}   (shown this once)`)
      : row("", `password as shown on the first start; lost: ${addresses.resetWith}`),
    row("mailbox", `${addresses.mailboxOrigin}/`),
    row("payments", paymentsLine(addresses)),
    ...more.map(([name, says]) => row(name, says)),
    row("data, log", addresses.dataDir),
    "",
    "  Ctrl-C stops.",
  ];
  return lines.join("\n");
}

function paymentsLine({ paymentsOrigin, provider = "", origins }: Addresses): string {
  if (paymentsOrigin !== undefined)
    return `${paymentsOrigin}    (sandbox, answers programs; no real money)`;
  return `${provider}; its webhooks go to ${origins.shop}${pathTo("webhook", { provider })}`;
}

function openingOf({ opensAt, phase }: OnSale): string {
  return opensAt > Date.now() ? `opens ${new Date(opensAt).toLocaleTimeString()}` : phase;
}

// docs/states.md, written from the tables it describes. `bun src/purchase/states-page.ts` writes it
// again; a test compares.

import { orderStates, standingOf, transitions } from "../domain/ordering/order.ts";
import { refundStates, refundTransitions } from "../domain/ordering/refund.ts";
import { purchaseSaga } from "./purchase-saga.ts";
import { refundSaga } from "./refunding/refund-saga.ts";

const standings = {
  fan: "the fan",
  saga: "the saga",
  provider: "the provider's word",
  person: "a person",
  end: "nothing: an end",
} as const;

export function statesPage(): string {
  const diagram = transitions.map(({ from, to }) => `  ${from} --> ${to}`);
  return [
    "# States of an order",
    "",
    "Written from `src/domain/ordering/order.ts` and `src/purchase/purchase-saga.ts` by `bun src/purchase/states-page.ts`; do not edit by hand.",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "  [*] --> draft",
    ...diagram,
    "```",
    "",
    "| state | waits for |",
    "|---|---|",
    ...orderStates.map((state) => `| ${state} | ${standings[standingOf(state)]} |`),
    "",
    "## Transitions",
    "",
    "| from | to | when |",
    "|---|---|---|",
    ...transitions.map(({ from, to, when }) => `| ${from} | ${to} | ${when} |`),
    "",
    "## Steps of the saga",
    "",
    "Rows are tried from the top; the first that fits the states of order and payment counts.",
    "",
    "| step | kind | at order (payment) | answers | undone by |",
    "|---|---|---|---|---|",
    "| confirm-seats | compensatable | draft | confirmed, seats-lost, lost | seats back to the hold |",
    ...purchaseSaga.map(({ step, kind, at, outcomes, undoneBy }) => {
      const payment = at.payment === undefined ? "" : ` (${at.payment.join(", ")})`;
      const where = `${at.order.join(", ")}${payment}`;
      return `| ${step} | ${kind} | ${where} | ${outcomes.join(", ")} | ${undoneBy ?? "–"} |`;
    }),
    "",
    ...purchaseSaga.map(({ step, says }) => `- **${step}**: ${says}`),
    "",
    ...refundLines(),
  ].join("\n");
}

function refundLines(): string[] {
  return [
    "## Refunds of confirmed orders",
    "",
    `From \`src/domain/ordering/refund.ts\` and \`src/purchase/refunding/refund-saga.ts\`. States: ${refundStates.join(", ")}. The order stays confirmed; its tickets end with the request.`,
    "",
    "| from | to | when |",
    "|---|---|---|",
    ...refundTransitions.map(({ from, to, when }) => `| ${from} | ${to} | ${when} |`),
    "",
    "| step | at | answers |",
    "|---|---|---|",
    ...refundSaga.map(({ step, at, on }) => `| ${step} | ${at} | ${Object.keys(on).join(", ")} |`),
    "",
    ...refundSaga.map(({ step, says }) => `- **${step}**: ${says}`),
    "",
  ];
}

if (import.meta.main) await Bun.write("docs/states.md", statesPage());

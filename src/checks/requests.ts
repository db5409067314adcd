// Requests that must change nothing: the same one twice (M1), and one without the right to it (Q5).

import type { CaseFile } from "./evidence/case-file.ts";
import { type Check, type Finder, groupBy } from "./check.ts";

export const sameAnswer: Check = {
  id: "M1",
  sentence:
    "Same idempotency key, same answer; another body is refused; never two effects of one key.",
  needs: ["clients"],
  find(file, finder) {
    for (const record of file.clients ?? []) {
      if (record.kind !== "repeat") continue;
      finder.saw();
      const { first, second, sameBody } = record;
      const same = first.status === second.status && first.what === second.what;
      if (sameBody && !same) finder.violation("the same request got two answers", { record });
      if (!sameBody && second.code !== "idempotency-key-reused")
        finder.violation("another body under the same key was not refused", { record });
    }
    effectsOnce(file, finder);
  },
};

function effectsOnce({ orders }: CaseFile, finder: Finder): void {
  const byKey = groupBy(orders, ({ entryId, idempotencyKey }) => `${entryId} ${idempotencyKey}`);
  for (const both of byKey.values()) {
    finder.saw();
    if (both.length > 1) finder.violation("one key made two orders", { orders: both });
  }
}

export const shopGuarded: Check = {
  id: "Q5",
  sentence: "No success on a protected route without a valid admission.",
  needs: ["clients"],
  find({ clients = [], admissions, orders }, finder) {
    for (const record of clients) {
      if (record.kind !== "intrusion") continue;
      finder.saw();
      if (record.status < 400) finder.violation(`${record.route} let ${record.how} in`, { record });
    }
    const entered = new Set(
      admissions.filter(({ enteredAt }) => enteredAt !== null).map(({ entryId }) => entryId),
    );
    for (const order of orders) {
      finder.saw();
      if (!entered.has(order.entryId))
        finder.violation(`${order.orderId} is of an entry that never entered`, { order });
    }
  },
};

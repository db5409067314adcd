// Killed at every failpoint, with Toss Payments taking the money.

import { declareKills } from "./support/kills.ts";

declareKills("toss", {
  "confirm-seats": { ends: "confirmed" },
  authorize: { ends: "confirmed" },
  capture: { ends: "confirmed" },
  "issue-tickets": { ends: "confirmed" },
  ask: { card: "4000000000006975", ends: "confirmed" },
  "look-for-proof": { card: "4000000000003220", ends: "confirmed" },
  void: { card: "4000000000000002", ends: "draft" },
  refund: { ends: "refunded", impossible: true },
  "let-go": { ends: "cancelled", holdMs: 300, unpaid: true },
});

// Purchases over Toss Payments' protocol: window, confirmation, lookup, unsigned webhooks.

import { declarePurchases } from "./purchase.ts";

declarePurchases("toss");

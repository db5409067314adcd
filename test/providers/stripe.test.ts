// Purchases over Stripe's protocol: Checkout Session, PaymentIntent with manual capture, signed webhooks.

import { declarePurchases } from "./purchase.ts";

declarePurchases("stripe");

// Who takes the money, as the pages are told on which a fan pays. Apart from the rest of the site's
// configuration, because the waiting page counts every byte and has no use for it.

import type { PaymentPages } from "../../payment-pages.ts";
import { type SiteConfig, siteConfig } from "../../site-config.ts";

export function paymentPages(): PaymentPages {
  const told = siteConfig() as SiteConfig & { payment?: PaymentPages };
  return told.payment ?? { provider: "sandbox", origin: "" };
}

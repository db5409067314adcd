// Writes decide.json: what the guard's rule answers, for implementations in other languages. Run it
// when the rule changes on purpose; decide.test.ts holds the code to the file.

import { decide, type GuardRules, type ShownAdmission } from "../src/decide.ts";

const rules: GuardRules = {
  protectedPaths: ["/shop", "/api/orders"],
  openPaths: ["/shop/assets"],
  waitingRoomUrl: "https://queue.example/w/os_0000000000000000000001?lang=ko",
};
const targets = [
  "/",
  "/shop",
  "/shop/",
  "/shop/seats?section=A&row=1",
  "/SHOP/seats",
  "/sho%70",
  "/shopping",
  "/shop/assets/a.js",
  "/shop/assetsx",
  "/shop?x=/shop/assets",
  "/api/orders/1",
  "/공연".replace(/[^/]+/, encodeURIComponent),
  "//shop",
  "/about/../shop",
  "/about/%2e%2e/shop",
  "/shop%2fseats",
  "/%2573hop",
  "/x\\shop",
  "/shop;/assets",
  "/shop%00",
  "/%zz",
  "shop",
  "https://evil.example/shop",
  "",
];
const admissions: ShownAdmission["kind"][] = [
  "valid",
  "absent",
  "malformed",
  "wrong-kind",
  "unknown-key",
  "forged",
  "other-on-sale",
  "stale-epoch",
  "not-yet",
  "expired",
  "used",
  "no-cookies",
  "unavailable",
];
const page = { method: "GET", wantsPage: true };
const requests = [
  ...targets.flatMap((target) =>
    (["valid", "absent"] as const).map((admission) => ({ ...page, target, admission })),
  ),
  ...admissions.flatMap((admission) =>
    [page, { method: "GET", wantsPage: false }, { method: "POST", wantsPage: true }].map((how) => ({
      ...how,
      target: "/shop/seats",
      admission,
    })),
  ),
];
const cases = requests.map(({ admission, ...request }) => ({
  request,
  admission,
  decision: decide(rules, request, { kind: admission }),
}));
const text = JSON.stringify({ rules, cases }, undefined, 2);
await Bun.write(new URL("decide.json", import.meta.url), `${text}\n`);

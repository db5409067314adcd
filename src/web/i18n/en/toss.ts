import type { TossWords } from "../ko/toss.ts";

export const toss: TossWords = {
  opening: "Opening the payment window",
  name: "Tickets",
  failed: "The payment window did not open",
  failedNext: "Nothing was paid, and your seats are kept for the time of the order.",
  again: "Open the window again",
  back: "Back to the order",
};

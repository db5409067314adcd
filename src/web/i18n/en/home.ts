import type { HomeWords } from "../ko/home.ts";

export const home: HomeWords = {
  title: "On sale",
  intro: "The order of the line and the result of the draw can be checked by anyone.",
  loading: "Loading what is on sale",
  empty: "Nothing is planned right now.",
  emptyNext: "New on-sales appear here once they are set.",
  failed: "What is on sale could not be loaded.",
  failedNext: "It is tried again as soon as there is a connection.",
  again: "Try again now",
  phase: {
    scheduled: "Coming up",
    "pre-queue": "Waiting room open",
    open: "On sale",
    "sold-out": "Sold out",
    closed: "Ended",
  },
  paused: "Paused",
  preQueueIn: "Waiting room opens in",
  opensIn: "On sale in",
  opensAt: (when) => `On sale ${when}`,
  enter: "Waiting room",
  look: "Have a look",
  from: (price) => `from ${price}`,
};

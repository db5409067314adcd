import type { PlainWords } from "../ko/plain.ts";

export const plain: PlainWords = {
  join: "Join the line",
  early: "A moment more, please. Press again in about fifteen seconds.",
  joinMore: "Press the button to get your place. It stays in this browser.",
  joinOpen: "You can join the line now",
  joinEarly: "The waiting room is open",
  refresh: (seconds) => `This page refreshes itself every ${seconds} seconds.`,
  now: "Refresh now",
  yourNumber: (position) => `Your number is ${position}.`,
  enterMore: "Press the button to enter. Choosing seats needs JavaScript.",
};

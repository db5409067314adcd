// The words of the door, as the desk sees it.

import type { DoorWords } from "../ko/door.ts";

export const door: DoorWords = {
  title: "Door",
  intro: "Who is in by gate, the phones at the gates, and tickets that let two people in.",
  inside: (inside, tickets) => `${inside} in of ${tickets} tickets`,
  empty: "There is no gate yet",
  emptyNext: "Make one for each entrance, and a code for each phone.",
  letIn: "in",
  letOut: "out",
  reEntry: "People may go out and come in again",
  reEntryHere: "People may go out here and come in again",
  refused: "refused",
  notYet: "waits for its code",
  seen: (time) => `phone · last heard ${time}`,
  end: "End",
  makeCode: "Make a device code",
  codeFor: (gate) => `Device code for ${gate}`,
  codeUntil: (time) => `until ${time}, once. Open /scan on the phone.`,
  gateName: "Name of a new gate",
  makeGate: "Make the gate",
  noConflicts: "No ticket let two people in.",
  conflicts: (count) => `${count} entries to look into`,
  why: {
    "already-in": "let in twice",
    revoked: "let in with a revoked ticket",
    "other-performance": "let in with a ticket of another performance",
  },
};

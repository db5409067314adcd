import type { ScannerWords } from "../ko/scanner.ts";

export const scanner: ScannerWords = {
  title: "Check-in",
  signIn: {
    title: "Sign in for a gate",
    lead: "Ask the desk for a device code of this gate and type it here.",
    code: "Device code",
    button: "Sign in",
    failed: "That did not work. Check the network and try again.",
  },
  loading: "Loading",
  ready: "Show the QR code to the camera",
  way: "Direction",
  ways: { in: "Coming in", out: "Going out" },
  readyFor: {
    in: "Show the QR code of who comes in",
    out: "Show the QR code of who goes out. They may come in again.",
  },
  noCamera: "The camera cannot be used. Type the code below.",
  manual: "Type a code",
  manualHint: "The 12 characters under the code, or all of it",
  check: "Check",
  online: "Online",
  offline: (minutes) =>
    `Offline · judged by a list ${minutes} min old. What other gates saw is compared once online.`,
  waiting: (count) => `${count} scans to send`,
  conflicts: (count) => `${count} let in twice. Please tell the desk.`,
  signOut: "Sign this device out",
  signOutHeld: "Some scans were not sent yet. Sign out once online.",
  judgedAlone: "judged offline",
  seat: (section, row, label) =>
    [section, row && `row ${row}`, row ? `seat ${label}` : `entry ${label}`]
      .filter(Boolean)
      .join(", "),
  verdict: {
    "let-in": ["Valid", "Let in"],
    "let-out": ["Out", "Ask them to show this ticket when they come back."],
    "not-in": ["Not inside", "Nobody came in with this ticket. There is no need to stop them."],
    "already-in": ["Already used", ""],
    revoked: ["Revoked", "It was given to somebody else or paid back. Ask for the new ticket."],
    "other-performance": ["Other performance", "This ticket is for another performance."],
    "not-ours": ["Not valid", "This code was not issued by us."],
    none: ["Cannot tell", "No network, and no list to judge by. Send them to the desk."],
  },
  usedAt: (gate, time) => `${gate} · entered at ${time}`,
};

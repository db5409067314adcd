// The waiting page's words. Short, plain, kind; no exclamation marks, no blame, and nothing that the
// system does not keep: "your place is kept" is only said where the browser lets us keep it.
// `next` is the one sentence of a scene, `more` the soft one below it; scenes are in picture.ts.

import type { WaitingRoomWords } from "../ko/waiting-room.ts";

export const waitingRoom: WaitingRoomWords = {
  page: "Waiting room",
  loading: "Entering the waiting room",
  people: "",
  ahead: "People ahead of you",
  scheduled: {
    label: "The waiting room opens in",
    next: (when) => `The waiting room opens ${when}.`,
    more: "Leave this page open and you join the line by yourself.",
  },
  preQueue: {
    label: "On sale in",
    next: "Numbers are drawn the moment it opens.",
    more: "Being early is no advantage. Take your time.",
    here: (count) => `${count} are here.`,
    opening: "The draw is being made.",
  },
  waiting: {
    next: "You are told here the moment it is your turn.",
    near: "Nearly your turn.",
    nearMore: "Please keep this page in view. Your place is kept even if you leave.",
    first: "You are next.",
    crowded: "More people are ahead of you than seats are left. Some leave without buying.",
  },
  returning: {
    next: "You are let in with the next group.",
    more: "Your turn came while this page could not be reached. Your place was kept; please keep this page in view.",
  },
  turn: {
    label: "Time to enter",
    next: "It is your turn",
    more: "Enter now and choose your seats.",
    soon: "You are taken in by yourself in a moment. After this time the place is used up.",
    late: "If you miss this, your place is kept. Come back and you are let in with the next group.",
    enter: "Enter now",
    title: "▶ It is your turn",
  },
  soldOut: { next: "Sold out", more: "Every seat has been sold. Thank you for waiting." },
  closed: { next: "The sale has ended", more: "Tickets for this show are no longer on sale." },
  spent: {
    next: "This place has been used",
    more: "You entered with it once, and that visit has ended.",
  },
  invalid: {
    next: "Your place could not be verified",
    more: "What this browser kept does not belong to this sale.",
  },
  notFound: { next: "There is no such sale", more: "Please check the address." },
  failed: {
    next: "The waiting room could not be loaded",
    more: "This is on our side. Your place is kept, and it is tried again by itself.",
  },
  code: {
    label: "Presale code",
    go: "Join the line",
  },
  notice: {
    offline: "You are offline. Your place is kept, and it goes on as soon as you are back.",
    reconnecting: "The connection is unsteady. Your place is kept, and it reconnects by itself.",
    paused: "The sale is paused. Your place does not change.",
    notKept:
      "This browser does not allow storage, so please leave this page open until you are in.",
  },
  facts: {
    wait: "Estimated wait",
    waitUnknown: "Being measured",
    seats: "Seats left",
    seatCount: (free) => free,
    seatsHeld: (held) => `0 · ${held} not paid yet`,
    number: "Your number",
    numberCount: (position) => position,
    opens: "On sale",
  },
  draw: {
    drawn: (position, cohort) => `Your number in the draw is ${position} of ${cohort}.`,
    sealed: "The seed of the draw is fixed, and this browser keeps its fingerprint.",
    check: "Check the draw yourself",
    checking: "Checking",
    seedMatches: "The revealed seed has the fingerprint that you were given before the draw.",
    seedDiffers:
      "The revealed seed does not have the fingerprint that you were given before the draw.",
    seedUnseen:
      "The revealed seed has the published fingerprint. You had none from before the draw.",
    numberMatches: (position) =>
      `Computed again on this device, your number is ${position} as well.`,
    numberDiffers: (position) => `Computed again on this device, your number is ${position}.`,
    impossible: "This browser cannot compute it.",
  },
  kept: "You may close this page. Come back in this browser and your place is still yours.",
  sound: "Sound when it is my turn",
  again: "Try again now",
  rejoin: "Join at the end of the line",
  home: "See what else is on sale",
};

// Who waits outside for a place inside: first come, first let in, none longer than `patienceMs`. Nothing of
// the request is begun: its body is unread, no store knows of it. A place that becomes free is taken at
// once by somebody who is there, so the process never waits for those who were sent away to come back.

import { takeFirst } from "./take-first.ts";

export type Outside = {
  /** Never throws. */
  enter(): void;
  /** Waited long enough. */
  leave(): void;
};

export type Doorstep = {
  stand(outside: Outside): void;
  /** Lets in the first of them, as long as there is room. */
  letIn(): void;
  readonly length: number;
};

const tickMs = 25;

/** @param now monotonic, in ms. */
export function openDoorstep(options: {
  hasRoom: () => boolean;
  patienceMs: number;
  now: () => number;
}): Doorstep {
  const { hasRoom, patienceMs, now } = options;
  const standing: (Outside & { since: number })[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  // Who is let in may be done at once, and asks for the next: one loop does it for all of them.
  let isLettingIn = false;
  const letIn = () => {
    if (isLettingIn) return;
    isLettingIn = true;
    while (standing.length > 0 && hasRoom()) standing.shift()?.enter();
    isLettingIn = false;
  };

  /** Room is found here too where nothing ends inside that would tell of it, as in a stall. */
  const look = () => {
    letIn();
    const hasWaited = ({ since }: { since: number }) => now() - since >= patienceMs;
    for (const outside of takeFirst(standing, hasWaited)) outside.leave();
    timer = standing.length > 0 ? setTimeout(look, tickMs) : undefined;
  };

  return {
    stand({ enter, leave }) {
      standing.push({ enter, leave, since: now() });
      timer ??= setTimeout(look, tickMs);
    },
    letIn,
    get length() {
      return standing.length;
    },
  };
}

// What a process says to Redis in one turn of its event loop goes out in one write. At a peak that is some
// dozens of commands, and a write for each costs more than all else that the client does for them: the
// call into the kernel, and a Redis that wakes up for every single one. Commands stay what they are, each
// with its own answer; the client's own pipelines are another thing (connection.ts).

import type { Socket } from "node:net";

/** To be called for each new connection, as soon as it stands. */
export function inOneWrite(stream: Socket): void {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  let isHeld = false;
  const letGo = () => {
    isHeld = false;
    stream.uncork();
  };
  stream.write = (...given: unknown[]) => {
    if (!isHeld) {
      isHeld = true;
      stream.cork();
      setImmediate(letGo);
    }
    return write(...given);
  };
}

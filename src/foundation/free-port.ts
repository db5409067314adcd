// A TCP port of the loopback that nobody listens on: for a server that is started next and must be told.

import { createServer } from "node:net";
import { assert } from "./assert.ts";

/** Somebody else may take it before it is used; whoever starts a server hears of that from the server. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", resolve);
  });
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  assert(typeof address === "object" && address !== null, "a TCP listener has an address");
  return address.port;
}

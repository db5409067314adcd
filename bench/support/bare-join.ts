// The yardstick of P4: the least that a server can do for a join. It reads the entry id, gives the next
// number out of its head, and signs a queue token. No challenge, no store, no limits, nothing kept.

import { signQueueToken } from "../../src/domain/waiting-room/queue-token.ts";
import { type EntryId, parseId } from "../../src/foundation/ids.ts";
import { sealingKeys } from "../../src/foundation/sealed-bytes.ts";
import { assert } from "../../src/foundation/assert.ts";

const onSaleId = parseId("on-sale", process.argv[2]);
assert(onSaleId !== undefined, "bare-join.ts <on-sale id>");
const secret = crypto.getRandomValues(new Uint8Array(32));
const keys = sealingKeys([{ kid: 1, secret }]);
let index = 0;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  routes: {
    "/join": {
      async POST(request) {
        const { entryId } = (await request.json()) as { entryId: EntryId };
        const claims = { onSaleId, entryId, index: index++, joinedAt: Date.now() };
        return Response.json({ queueToken: signQueueToken(keys, claims), entryId, index });
      },
    },
  },
});
console.log(`http://127.0.0.1:${server.port}/join`);

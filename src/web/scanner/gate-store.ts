// What a gate's phone keeps for itself (IndexedDB): who it is, the list to go on alone with, and the
// scans that nobody heard of yet. Keeps: a scan that let somebody in is on disk before the screen says
// so, and leaves only when the server has answered for it. No name and no address is ever in it.

import type { TicketId } from "../../foundation/ids.ts";
import type { GateSeats, GateSession, Pass, Scan } from "../../wire/tickets/door.ts";
import type { RevocationList } from "../../wire/tickets/revocation-list.ts";
import type { TicketKey } from "../../wire/tickets/ticket-code.ts";

export type Kept = {
  session: GateSession;
  keys: TicketKey[];
  revocations: RevocationList;
  seats: GateSeats;
  /** The last pass of each ticket. */
  passes: Map<TicketId, Pass>;
  since: number;
  listedAt: number;
};

export type GateStore = {
  kept(): Promise<Kept | undefined>;
  keep(kept: Kept | undefined): Promise<void>;
  waiting(): Promise<Scan[]>;
  wait(scan: Scan): Promise<void>;
  done(nonce: string): Promise<void>;
};

export async function openGateStore(): Promise<GateStore> {
  const opening = indexedDB.open("usher-gate", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("kept");
    opening.result.createObjectStore("scans", { keyPath: "nonce" });
  };
  const database = await settled(opening);
  const store = (name: string, mode: IDBTransactionMode) =>
    database.transaction(name, mode, { durability: "strict" }).objectStore(name);
  return {
    kept: () => settled<Kept | undefined>(store("kept", "readonly").get("gate")),
    async keep(kept) {
      const place = store("kept", "readwrite");
      if (kept === undefined) await settled(place.delete("gate"));
      else await settled(place.put(kept, "gate"));
    },
    waiting: () => settled<Scan[]>(store("scans", "readonly").getAll()),
    async wait(scan) {
      const place = store("scans", "readwrite");
      place.put(scan);
      await new Promise<void>((resolve, reject) => {
        place.transaction.oncomplete = () => resolve();
        place.transaction.onabort = () => reject(place.transaction.error);
      });
    },
    async done(nonce) {
      await settled(store("scans", "readwrite").delete(nonce));
    },
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

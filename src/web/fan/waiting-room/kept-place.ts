// The fan's place in this browser's storage, one record per on-sale, shared by all tabs: the same
// entry id is the same place. Also kept: the draw's commitment as seen before the opening (so that the
// draw can be checked against it afterwards) and where the line stood when the fan came.

import { newId, type OnSaleId, parseId } from "../../../foundation/ids.ts";
import type { KeptPlace } from "../../../wire/waiting-state.ts";
import type { Proof } from "./calls.ts";

export type PlaceRecord = {
  place: Pick<KeptPlace, "entryId"> & Partial<KeptPlace>;
  /** What was shown to stand in line, where the on-sale asks: it is asked again if the token is lost. */
  proof?: Proof | undefined;
  commitment?: string | undefined;
  servingAtStart?: number | undefined;
};

export type PlaceStore = {
  read(): PlaceRecord;
  /** False where the browser does not let the page keep anything. */
  write(record: PlaceRecord): boolean;
};

export function placeStore(onSaleId: OnSaleId): PlaceStore {
  const key = `usher:place:${onSaleId}`;
  return {
    read() {
      try {
        const record = JSON.parse(localStorage.getItem(key) ?? "{}") as PlaceRecord;
        // Whatever else was stored there: without an entry id of ours it is a new place.
        if (parseId("entry", record.place?.entryId)) return record;
      } catch {
        // Storage is forbidden or holds something else.
      }
      return { place: { entryId: newId("entry") } };
    },
    write(record) {
      try {
        localStorage.setItem(key, JSON.stringify(record));
        return true;
      } catch {
        return false;
      }
    },
  };
}

// Requests that make something, each done once: what was made and what was answered are committed
// together, so that the same request, asked again after its answer was lost, is answered the same by
// whichever process it meets. A refusal (anything thrown) changes nothing, is not kept, and may be asked
// again. Kept for `keptMs`.

import type { Catalog, Operators } from "../catalog.ts";
import type { CodeBatches, OriginKeys } from "../keys.ts";
import type { Cancellations } from "../tickets/cancellations.ts";
import type { DoorStore } from "../tickets/door-store.ts";

export const keptMs = 7 * 86_400_000;

/** The stores that such a request may write; all of it is one transaction. */
export type Making = {
  catalog: Catalog;
  operators: Pick<Operators, "audit">;
  originKeys: OriginKeys;
  codeBatches: CodeBatches;
  door: DoorStore;
  cancellations: Pick<Cancellations, "find">;
};

/** `key` is good for one caller only; another body under it is told apart by its hash. */
export type NamedRequest = { caller: string; key: string; bodyHash: string };

export type OnceReply =
  | { kind: "made" | "repeated"; answer: object }
  /** The same key came with another body. */
  | { kind: "key-reused" }
  /** Its first one is not answered yet. */
  | { kind: "in-flight" };

/** `make` may run more than once, and must have no effect but on the stores it is given. */
export type Once = (
  request: NamedRequest,
  make: (stores: Making) => Promise<object>,
) => Promise<OnceReply>;

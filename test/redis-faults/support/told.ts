// What one fan is told meanwhile: the waiting stream and the seat map's stream, read as the pages read
// them. A stream that ends is opened again; a gap in the versions of the map begins anew with a
// snapshot. Both write down what they saw, so that a silence can be measured.

import {
  applyChanges,
  applySnapshot,
  type Availability,
  availability,
  bitsFromBase64,
} from "../../../src/web/fan/seat-map/availability.ts";
import { seatPlan } from "../../../src/web/fan/seat-map/seat-plan.ts";
import type { AvailabilityEvents, Frontier, PlanOverview } from "../../../src/wire/contract.ts";
import type { Route } from "../../../src/wire/routes.ts";
import type { Fan } from "../../support/fan-client.ts";

export type Following = { readonly opened: number; stop(): Promise<void> };

/** @param hear answers false to begin anew. */
export function follow(
  fan: Fan,
  route: Route,
  hear: (name: string, data: unknown) => boolean,
): Following {
  const leaving = new AbortController();
  let opened = 0;
  const read = async () => {
    const headers = { authorization: `Bearer ${fan.queueToken}` };
    const response = await fan.open(route, { headers, signal: leaving.signal });
    if (!response.ok || response.body === null) return;
    opened++;
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const message = text.slice(0, end);
        text = text.slice(end + 2);
        const name = /^event: (.+)$/m.exec(message)?.[1];
        const data = /^data: (.+)$/m.exec(message)?.[1];
        if (name !== undefined && data !== undefined && !hear(name, JSON.parse(data))) return;
      }
    }
  };
  const running = (async () => {
    while (!leaving.signal.aborted) {
      await read().catch(() => undefined);
      if (!leaving.signal.aborted) await Bun.sleep(100);
    }
  })();
  return {
    get opened() {
      return opened;
    },
    async stop() {
      leaving.abort();
      await running;
    },
  };
}

export type FrontierFollower = {
  readonly heard: readonly { at: number; frontier: Frontier }[];
  following: Following;
};

export function followFrontier(fan: Fan): FrontierFollower {
  const heard: { at: number; frontier: Frontier }[] = [];
  const following = follow(fan, "live", (name, data) => {
    if (name === "waiting") heard.push({ at: performance.now(), frontier: data as Frontier });
    return true;
  });
  return { heard, following };
}

export type MapFollower = {
  readonly seats: Availability;
  /** Messages of changes that were applied. */
  readonly applied: number;
  following: Following;
};

export function followMap(fan: Fan, overview: PlanOverview): MapFollower {
  const seats = availability(seatPlan(overview));
  let applied = 0;
  const following = follow(fan, "availabilityLive", (name, data) => {
    if (name === "snapshot") {
      const { version, seatCount, bitsBase64 } = data as AvailabilityEvents["snapshot"];
      return applySnapshot(seats, { version, seatCount, bits: bitsFromBase64(bitsBase64) });
    }
    if (name !== "seats") return true;
    const { kind } = applyChanges(seats, data as AvailabilityEvents["seats"]);
    if (kind === "applied") applied++;
    return kind !== "gap";
  });
  return {
    seats,
    following,
    get applied() {
      return applied;
    },
  };
}

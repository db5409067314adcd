// Which on-sales (or performances) the store has, and at which epoch. This is where "absence never
// means free" is kept: a call gets at the state only with the epoch in force, and a restore takes
// effect only with a higher one, so that a repeated or belated restore cannot roll anything back.

import type { Bound } from "../../foundation/bounds.ts";
import { Fault } from "../../foundation/fault.ts";
import { checkCount, checkId, checkLimit, limits } from "../hot/limits.ts";

export class Scopes<Id extends string, State> {
  private readonly states = new Map<Id, { epoch: number; state: State }>();
  private closed = false;

  /** undefined: answer `stale-epoch` and write nothing. */
  at(id: Id, epoch: number): State | undefined {
    if (this.closed) throw new Fault("hot-store-closed", "the in-process hot store is closed");
    const known = this.states.get(id);
    return known !== undefined && known.epoch === epoch ? known.state : undefined;
  }

  /** Builds the new state completely, and only then puts it in force. */
  replace(id: Id, epoch: number, build: (former: State | undefined) => State): State | undefined {
    if (this.closed) throw new Fault("hot-store-closed", "the in-process hot store is closed");
    checkId("scope", id);
    checkCount("epoch", epoch, limits.epochs);
    const former = this.states.get(id);
    if (former !== undefined && former.epoch >= epoch) return undefined;
    if (former === undefined) checkLimit("scopes", this.states.size + 1, limits.scopes);
    const state = build(former?.state);
    this.states.set(id, { epoch, state });
    return state;
  }

  get bound(): Bound {
    return { size: this.states.size, limit: limits.scopes };
  }

  close(): void {
    this.closed = true;
    this.states.clear();
  }
}

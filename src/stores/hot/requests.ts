// What a hot store asks of its callers before it writes anything: bounds and shapes of each request,
// the same for every adapter, so that none of them accepts what another refuses. Beyond a bound is a
// fault; a truth that contradicts itself is a bug of ours.

import { type Identity, maxPlaces } from "../../domain/waiting-room/identity.ts";
import { assert } from "../../foundation/assert.ts";
import { Fault } from "../../foundation/fault.ts";
import type { SeatNumber } from "../../foundation/ids.ts";
import type {
  CheckIn,
  Claim,
  EntryShare,
  JoinRequest,
  KnownAdmission,
  NetworkShare,
  OfferTurns,
  RestoreQueue,
} from "../../ports/queue-store.ts";
import type { AreaRequest, HoldRequest, SeatTruth } from "../../ports/seat-store.ts";
import { checkCount, checkId, checkLimit, checkTime, limits } from "./limits.ts";

export function checkJoin(request: JoinRequest): void {
  checkId("entryId", request.entryId);
  if (request.identity !== undefined) checkIdentity(request.identity);
  if (request.network !== undefined) checkId("network", request.network);
}

function checkIdentity({ key, places }: Identity): void {
  checkId("identity", key);
  checkCount("places of an identity", places, maxPlaces);
}

export function checkNetworkShare({ joins, spanMs }: NetworkShare): void {
  checkCount("joins of a network", joins, limits.entries);
  checkTime("spanMs", spanMs);
}

export function checkEntryShare({ asks, spanMs }: EntryShare): void {
  checkCount("asks of an entry", asks, limits.entries);
  checkTime("spanMs", spanMs);
}

export function checkCheckIn(entry: CheckIn): void {
  checkId("entryId", entry.entryId);
  checkCount("index", entry.index, limits.indexes - 1);
  if (entry.position !== undefined) checkCount("position", entry.position, limits.indexes - 1);
}

export function checkClaim(request: Claim): void {
  checkCheckIn(request);
  checkId("admissionId", request.admissionId);
  checkTime("deadline", request.deadline);
}

export function checkAdmission(admission: KnownAdmission): void {
  checkId("entryId", admission.entryId);
  checkCount("index", admission.index, limits.indexes - 1);
  checkId("admissionId", admission.admissionId);
  checkTime("deadline", admission.deadline);
}

export function checkOffer(request: OfferTurns): void {
  checkCount("take", request.take, limits.batch);
  checkCount("serving", request.serving, limits.indexes);
  checkLimit("candidates", request.candidates.length, limits.batch);
  checkTime("claimWindowMs", request.claimWindowMs);
  if (request.requestId !== undefined) checkId("requestId", request.requestId);
}

export function checkHold(request: HoldRequest, seatCount: number): void {
  checkId("requestId", request.requestId);
  checkId("owner", request.owner);
  checkId("holdId", request.holdId);
  checkLimit("seats in one hold", request.seats.length, limits.seatsPerRequest);
  checkTime("holdMs", request.holdMs);
  checkTime("maxHoldMs", request.maxHoldMs);
  for (const seat of request.seats) checkCount("seat", seat, seatCount - 1);
  const places = checkAreas(request.areas ?? [], seatCount);
  if (request.seats.length + places > 0) return;
  throw new Fault("hot-store-limit", "a hold asks for one seat or more");
}

function checkAreas(areas: readonly AreaRequest[], seatCount: number): number {
  checkLimit("areas in one hold", areas.length, limits.areasPerRequest);
  let places = 0;
  for (const { first, last, count } of areas) {
    checkCount("area's last place", last, seatCount - 1);
    checkCount("area's first place", first, last);
    checkCount("places in an area", count, limits.seatsPerRequest);
    places += count;
  }
  return places;
}

export function ascendingUnique(seats: readonly SeatNumber[]): SeatNumber[] {
  // As they mostly come; a set and a sort cost more than all the rest of a hold.
  if (seats.every((seat, at) => at === 0 || (seats[at - 1] as number) < seat)) return seats.slice();
  return [...new Set(seats)].sort((a, b) => a - b);
}

export function checkTruth(truth: SeatTruth, seatCount: number): void {
  checkCount("seat", truth.seat, seatCount - 1);
  checkCount("fence", truth.fence, Number.MAX_SAFE_INTEGER);
  if (truth.owner !== undefined) checkId("owner", truth.owner);
  if (truth.holdId !== undefined) checkId("holdId", truth.holdId);
  if (truth.deadline !== undefined) checkTime("deadline", truth.deadline);
  if (truth.state !== "held" && truth.state !== "paying") return;
  const complete = truth.owner !== undefined && truth.holdId !== undefined;
  assert(complete, `seat ${truth.seat} is ${truth.state} without owner and hold`);
  const due = truth.state === "paying" || truth.deadline !== undefined;
  assert(due, `seat ${truth.seat} is held without a deadline`);
}

export function checkRestoredLine(truth: RestoreQueue): void {
  checkCount("nextIndex", truth.nextIndex, limits.indexes);
  checkCount("serving", truth.serving, limits.indexes);
  checkLimit("admissions", truth.admissions.length, limits.entries);
  const ids = new Set<string>();
  const indexes = new Set<number>();
  for (const { entryId, index, deadline, identity } of truth.admissions) {
    checkId("entryId", entryId);
    if (identity !== undefined) checkIdentity(identity);
    checkCount("index", index, limits.indexes - 1);
    if (deadline !== undefined) checkTime("deadline", deadline);
    assert(!ids.has(entryId) && !indexes.has(index), "an admission is there twice");
    ids.add(entryId);
    indexes.add(index);
  }
}

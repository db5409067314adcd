// Every check, in the order of the invariants. A new one: write it in the file of its subject, add it
// here, and plant violations for it in planted.test.ts (which fails while there are none).

import type { Check } from "./check.ts";
import { holdsDurable, limitsHold, promisesKept } from "./holds.ts";
import { admittedOnce, capacityKept, placeKept, placesUnique, servingRises } from "./line.ts";
import {
  capturesSettled,
  moneyConserved,
  oneCapture,
  ownPrices,
  refundsBounded,
  ticketsPaid,
} from "./money.ts";
import { firstCome } from "./order-of-line.ts";
import { dutiesOnce, sagasEnd, statesMove } from "./orders.ts";
import { sameAnswer, shopGuarded } from "./requests.ts";
import { seatsAddUp, storesAgree } from "./rest.ts";
import { claimsApart, fencesRise, seatsOnce, standingBounded } from "./seats.ts";

export const allChecks: readonly Check[] = [
  seatsOnce,
  claimsApart,
  standingBounded,
  ticketsPaid,
  capturesSettled,
  moneyConserved,
  oneCapture,
  refundsBounded,
  ownPrices,
  statesMove,
  fencesRise,
  promisesKept,
  holdsDurable,
  limitsHold,
  seatsAddUp,
  storesAgree,
  placesUnique,
  placeKept,
  firstCome,
  capacityKept,
  shopGuarded,
  admittedOnce,
  servingRises,
  sameAnswer,
  dutiesOnce,
  sagasEnd,
];

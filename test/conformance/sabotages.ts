// All broken hot stores. The suites must fail on every one of them (sabotage.test.ts); a suite that lets
// one pass proves nothing.

import { lineSabotages } from "./sabotages/line.ts";
import type { Sabotage } from "./sabotages/sabotage.ts";
import { seatSabotages } from "./sabotages/seats.ts";

export const sabotages: readonly Sabotage[] = [...seatSabotages, ...lineSabotages];

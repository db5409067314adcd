// The in-process store against the suites of all ports, opened through the door that production uses.

import { openHotStore } from "../../src/stores/open.ts";
import { declareAll } from "./all-cases.ts";

declareAll("memory", { open: () => openHotStore({ kind: "memory" }) });

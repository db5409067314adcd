// The walk on a runtime with modules: Node and Bun.

import { openGuard } from "@usher/connector";
import { signAdmission } from "@usher/connector/admission-token";
import { guarded, shopperOf } from "@usher/connector/fetch";
import { walk } from "./walk.mjs";

console.log(JSON.stringify(await walk({ openGuard, signAdmission, guarded, shopperOf })));

// One chunk of everyone ever admitted. Read the header of restore-admissions.lua.

import type { RestoreQueue } from "../../../../ports/queue-store.ts";
import type { LineKey } from "../../keys.ts";
import { script } from "../../script.ts";
import { identityText, performRestore, type RestoreCall, superseded } from "../calls.ts";

const restoreAdmissionsScript = script(import.meta.url, {
  keys: ["meta", "line", "identities", "shoppers", "admissions"],
  parts: ["clock"],
});

export async function restoreAdmissions(
  call: RestoreCall<LineKey>,
  admissions: RestoreQueue["admissions"],
): Promise<void> {
  const reply = await performRestore(
    call,
    restoreAdmissionsScript,
    admissions.flatMap((one) => [
      one.entryId,
      one.index,
      one.admissionId,
      one.deadline ?? "",
      identityText(one.identity),
      one.identity?.use ?? "",
    ]),
  );
  switch (reply.word) {
    case "restored":
      return;
    case "superseded":
      throw superseded("a line");
    default:
      return reply.unexpected("restore-admissions");
  }
}

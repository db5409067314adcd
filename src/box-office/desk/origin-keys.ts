// Origin keys at the desk: made, listed, revoked. The key is shown to the operator who makes it, once;
// what is kept of it only checks commands. Each making and revoking is in the audit.

import { z } from "zod";
import { commandSecretOf } from "../../../connector/src/origin/origin-key.ts";
import { newId } from "../../foundation/ids.ts";
import type { Mounted } from "../../http/mount.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { Operators } from "../../ports/catalog.ts";
import type { OriginKeys } from "../../ports/keys.ts";
import type { Once } from "../../ports/requests/once.ts";
import type { OriginKeyMade } from "../../wire/desk-contract.ts";
import { makesOnce } from "../idempotency.ts";
import type { OperatorGuard } from "./sign-in/operator-guard.ts";

const keyBody = z.object({ name: z.string().trim().min(1).max(80) });

type Deps = {
  originKeys: OriginKeys;
  operators: Pick<Operators, "audit">;
  guard: OperatorGuard;
  once: Once;
};

export function originKeyRoutes({ originKeys, operators, guard, once }: Deps): Mounted {
  return {
    deskOriginKeys: {
      GET: guard.reads(async () => json({ keys: await originKeys.list() })),
      POST: guard.acts(
        makesOnce(once, keyBody, async ({ body: { name }, operator }, stores) => {
          const secret = crypto.getRandomValues(new Uint8Array(32));
          // 22 characters of the alphabet that ids have.
          const keyId = newId("on-sale").slice(-22);
          const commandSecret = await commandSecretOf(secret);
          const row = await stores.originKeys.add({ keyId, name, commandSecret });
          await stores.operators.audit({
            operatorId: operator.operatorId,
            action: "origin-key.make",
            subject: keyId,
            detail: { after: { name } },
          });
          const key = `usher_ok_${keyId}_${Buffer.from(secret).toString("base64url")}`;
          return { ...row, key } satisfies OriginKeyMade;
        }),
      ),
    },
    deskOriginKey: {
      DELETE: guard.acts(async ({ params, operator }) => {
        const keyId = params.keyId ?? "";
        if (!(await originKeys.revoke(keyId))) throw new Refusal("not-found");
        await operators.audit({
          operatorId: operator.operatorId,
          action: "origin-key.revoke",
          subject: keyId,
          detail: {},
        });
        return json({ kind: "revoked" });
      }),
    },
  };
}

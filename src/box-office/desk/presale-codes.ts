// Presale codes at the desk: made in batches, listed, and written out as a file for the mail that brings
// them to the fans. A batch can be written out again at any time, by whoever may act here; each making
// and each writing out is in the audit.

import { z } from "zod";
import { maxPlaces } from "../../domain/waiting-room/identity.ts";
import { maxCodesInBatch, writePresaleCode } from "../../domain/waiting-room/presale-code.ts";
import { parseId } from "../../foundation/ids.ts";
import type { SealingKeys } from "../../foundation/sealed-bytes.ts";
import type { Call, Mounted } from "../../http/mount.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { Catalog, OnSale, Operators } from "../../ports/catalog.ts";
import type { CodeBatch, CodeBatches } from "../../ports/keys.ts";
import type { Once } from "../../ports/requests/once.ts";
import type { DeskCodeBatch } from "../../wire/desk-contract.ts";
import { makesOnce } from "../idempotency.ts";
import type { OperatorGuard } from "./sign-in/operator-guard.ts";

const batchBody = z.object({
  name: z.string().trim().min(1).max(80),
  codes: z.number().int().min(1).max(maxCodesInBatch),
  placesPerCode: z.number().int().min(1).max(maxPlaces),
});
/** Some milliseconds of signing between two breaths. */
const codesPerChunk = 1_000;

type Deps = {
  catalog: Catalog;
  codeBatches: CodeBatches;
  queueKeys: () => SealingKeys;
  operators: Pick<Operators, "audit">;
  guard: OperatorGuard;
  once: Once;
};

export function presaleCodeRoutes(deps: Deps): Mounted {
  const { catalog, codeBatches, queueKeys, operators, guard, once } = deps;
  const named = async ({ params }: Call): Promise<OnSale> => {
    const id = parseId("on-sale", params.onSaleId);
    const onSale = id && (await catalog.onSale(id));
    if (!onSale) throw new Refusal("not-found");
    return onSale;
  };

  return {
    deskCodeBatches: {
      GET: guard.reads(async (call) => {
        const { onSaleId } = await named(call);
        return json({ batches: (await codeBatches.list(onSaleId)).map(viewOf) });
      }),
      POST: guard.acts(
        makesOnce(once, batchBody, async (call, stores) => {
          const { onSaleId, settings } = await named(call);
          if (settings.joinProof !== "presale-code") {
            throw new Refusal("no-such-step", { facts: { reason: "asks-no-code" } });
          }
          const wanted = { ...call.body, kid: queueKeys()[0].kid };
          const made = await stores.codeBatches.make(onSaleId, wanted);
          if (made === undefined) throw new Refusal("no-such-step", { facts: { reason: "full" } });
          await stores.operators.audit({
            operatorId: call.operator.operatorId,
            action: "presale-codes.make",
            subject: onSaleId,
            detail: { after: viewOf(made) },
          });
          return viewOf(made) satisfies DeskCodeBatch;
        }),
      ),
    },
    deskCodeBatch: {
      GET: guard.acts(async (call) => {
        const onSale = await named(call);
        const number = Number(call.params.batch?.replace(/\.csv$/, ""));
        const batch = (await codeBatches.list(onSale.onSaleId)).find((one) => one.batch === number);
        const key = queueKeys().find(({ kid }) => kid === batch?.kid);
        if (batch === undefined || key === undefined) throw new Refusal("not-found");
        await operators.audit({
          operatorId: call.operator.operatorId,
          action: "presale-codes.write-out",
          subject: onSale.onSaleId,
          detail: { after: { batch: batch.batch } },
        });
        const { placesPerCode: places } = batch;
        const lines = (from: number, to: number) => {
          let text = from === 0 ? "code,places\r\n" : "";
          for (let at = from; at < to; at++) {
            const code = { batch: batch.batch, number: at, places };
            text += `${writePresaleCode(key, onSale.onSaleId, code)},${places}\r\n`;
          }
          return text;
        };
        return new Response(inChunks(batch.codes, lines), {
          headers: {
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": `attachment; filename="presale-codes-${batch.batch}.csv"`,
            "cache-control": "no-store",
          },
        });
      }),
    },
  };
}

function inChunks(
  count: number,
  textOf: (from: number, to: number) => string,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      // One turn of the loop for everybody else between two chunks.
      await new Promise((resolve) => setTimeout(resolve, 0));
      const to = Math.min(count, at + codesPerChunk);
      controller.enqueue(encoder.encode(textOf(at, to)));
      at = to;
      if (at >= count) controller.close();
    },
  });
}

/** The key's number is nobody's business at the desk. */
function viewOf({ batch, name, codes, placesPerCode, madeAt }: CodeBatch): DeskCodeBatch {
  return { batch, name, codes, placesPerCode, madeAt };
}

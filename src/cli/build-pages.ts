// `usher build-pages`: writes the public pages as files, each with its brotli and gzip twin, so that
// any CDN or file server can show the waiting room while gateway and box office stay out of its way.
// Exit codes: 0 written, 2 the command line was not understood; what fails is thrown to main.ts.

import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { type OnSaleId, parseId } from "../foundation/ids.ts";
import { writeSite } from "../web/build.ts";

const help = `usher build-pages --out <folder> --api <origin> [--shop <origin>] [--on-sale <id>]…

Writes the pages that need no server of their own: the home page and the waiting page.

  --out <folder>    where to
  --api <origin>    where gateway and box office answer, like https://tickets.example.org
  --shop <origin>   where the box office answers, if elsewhere than the gateway
  --on-sale <id>    also write this on-sale's own waiting page (w/<id>/index.html); only these pages
                    send fans without JavaScript on to the plain waiting room. May be repeated
  --help            this text

A server that answers every /w/* with w/index.html needs no --on-sale. The pages carry their
Content-Security-Policy with them. Where pages and --api differ, the API must allow the pages' origin.`;

const maxOnSales = 1_000;

export async function run(args: string[]): Promise<number> {
  let values: { out?: string; api?: string; shop?: string; "on-sale"?: string[]; help?: boolean };
  try {
    ({ values } = parseArgs({
      args,
      options: {
        out: { type: "string" },
        api: { type: "string" },
        shop: { type: "string" },
        "on-sale": { type: "string", multiple: true },
        help: { type: "boolean", short: "h" },
      },
    }));
  } catch (error) {
    return misunderstood(error instanceof Error ? error.message : String(error));
  }
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  const { out, api, shop = api, "on-sale": texts = [] } = values;
  if (!out) return misunderstood("--out says where to write");
  if (!api || !shop) return misunderstood("--api says where gateway and box office answer");
  if (texts.length > maxOnSales) return misunderstood(`--on-sale: at most ${maxOnSales} at a time`);
  const onSaleIds: OnSaleId[] = [];
  for (const text of texts) {
    const id = parseId("on-sale", text);
    if (!id) return misunderstood(`--on-sale ${text.slice(0, 40)} is not an on-sale's id (os_…)`);
    onSaleIds.push(id);
  }
  for (const path of await writeSite(out, { gatewayOrigin: api, shopOrigin: shop, onSaleIds })) {
    const { size } = await stat(path);
    process.stdout.write(`${String(size).padStart(8)}  ${relative(".", path)}\n`);
  }
  return 0;
}

function misunderstood(why: string): number {
  process.stderr.write(`usher build-pages: ${why}\n`);
  process.stderr.write("  mend: `usher build-pages --help` shows what it takes.\n");
  return 2;
}

// From a call to the line that its address names. A line that this process knows is at hand and nothing is
// waited for: a promise on the path of every poll costs as much as checking the token. One that it meets
// for the first time is loaded first.

import { type OnSaleId, parseId } from "../../foundation/ids.ts";
import type { Call, Handler } from "../../http/mount.ts";
import { Refusal } from "../../http/respond.ts";
import type { Line } from "../line.ts";
import type { Lines } from "../lines.ts";

export type LineHandler = (line: Line, call: Call) => Response | Promise<Response>;

export function openOnLine(lines: Pick<Lines, "known" | "get">): (answer: LineHandler) => Handler {
  const load = async (named: string | undefined): Promise<Line> => {
    const onSaleId = parseId("on-sale", named);
    const line = onSaleId && (await lines.get(onSaleId));
    if (!line) throw new Refusal("not-found");
    return line;
  };
  return (answer) => (call) => {
    const named = call.params["onSaleId"];
    // Only parsed names are ever known, so what is found under this one is one of them.
    const line = lines.known(named as OnSaleId);
    return line === undefined
      ? load(named).then((loaded) => answer(loaded, call))
      : answer(line, call);
  };
}

// The frontier as a document over HTTP: the same bytes for everybody, a second old at most, readable from
// every origin. The longest lines are served as prepared answers (http/prepared.ts), because theirs is
// what nearly everybody asks for; the rest, and whatever was never asked for, by the handler.

import { mostPrepared, type Prepared as PreparedAnswers } from "../../http/prepared.ts";
import { hasVersion } from "../../wire/etag.ts";
import { pathTo } from "../../wire/routes.ts";
import type { Line, Prepared } from "../line.ts";
import type { Lines } from "../lines.ts";

export function answerFrontier({ prepared }: Line, request: Request): Response {
  const headers = headersOf(prepared);
  return hasVersion(request.headers.get("if-none-match"), prepared.etag)
    ? new Response(null, { status: 304, headers })
    : new Response(prepared.bytes, { headers });
}

export function preparedFrontiers(lines: Pick<Lines, "all" | "onChange">): PreparedAnswers {
  return {
    answers: () =>
      new Map(
        longest(lines.all()).map(({ onSaleId, prepared }) => [
          pathTo("frontier", { onSaleId }),
          { body: prepared.bytes, headers: headersOf(prepared) },
        ]),
      ),
    onChange: (listener) => lines.onChange(listener),
  };
}

function longest(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= mostPrepared) return lines;
  const waiting = (line: Line) => line.prepared.frontier.waiting;
  return lines.toSorted((one, other) => waiting(other) - waiting(one)).slice(0, mostPrepared);
}

function headersOf({ etag }: Prepared): Record<string, string> {
  return {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "public, max-age=1",
    "access-control-allow-origin": "*",
    etag,
  };
}

import { expect, test } from "bun:test";
import { newId } from "../../foundation/ids.ts";
import { mostPrepared } from "../../http/prepared.ts";
import { routes } from "../../wire/routes.ts";
import { preparedFrontiers } from "./frontier-document.ts";
import type { Line } from "../line.ts";

const lineWith = (waiting: number) =>
  ({
    onSaleId: newId("on-sale"),
    prepared: { frontier: { waiting }, bytes: new Uint8Array([waiting]), etag: `"${waiting}"` },
  }) as unknown as Line;

test("of many lines the longest are prepared, and no more than the limit", () => {
  const lines = Array.from({ length: mostPrepared + 20 }, (_, nth) => lineWith(nth));
  const answers = preparedFrontiers({ all: () => lines, onChange: () => {} }).answers();
  const shown = [...answers.values()].map(({ body }) => body[0] ?? -1).sort((a, b) => a - b);
  expect(shown).toEqual(Array.from({ length: mostPrepared }, (_, nth) => nth + 20));
  for (const path of answers.keys()) {
    expect(path).toMatch(new RegExp(`^${routes.frontier.replace(":onSaleId", "os_\\w+")}$`));
  }
});

// The suites themselves under test: on a sound store nothing fails, on each broken one the case that
// is there for it does.

import { expect, test } from "bun:test";
import { openHotStore } from "../../src/stores/open.ts";
import { casesOf } from "./all-cases.ts";
import { sabotages } from "./sabotages.ts";
import { failuresOf } from "./suite.ts";

const sound = () => openHotStore({ kind: "memory" });

test("a sound store fails no case", async () => {
  for (const cases of Object.values(casesOf)) {
    expect(await failuresOf(cases, { open: sound })).toEqual([]);
  }
});

for (const { name, breaks, caughtBy, spoil } of sabotages) {
  test(`caught: ${name}`, async () => {
    const open = async () => spoil(await sound());
    const named = casesOf[breaks].filter((one) => one.name === caughtBy);
    expect(named.length).toBe(1);
    expect(await failuresOf(named, { open })).toEqual([caughtBy]);
  });
}

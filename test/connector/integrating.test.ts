// docs/integrating.md names what is really there: every address it writes is a route, every header and
// refusal of the commands is the code's own, and the sample that it points to is the one that is tested.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { commandHeaders } from "../../connector/src/origin/origin-key.ts";
import { arrivalParameters } from "../../connector/src/arrival.ts";
import { routes } from "../../src/wire/routes.ts";

const document = readFileSync(new URL("../../docs/integrating.md", import.meta.url), "utf8");
const gateway = readFileSync(new URL("../../src/gateway/origin.ts", import.meta.url), "utf8");
const shape = (path: string) => path.replace(/:\w+|<[^>]+>/g, "*").replace(/\/$/, "");

test("every address in the document is a route", () => {
  const known = new Set(Object.values(routes).map(shape));
  const named = [
    ...document.matchAll(/`(?:(?:GET|POST|DELETE), )*(?:GET|POST|PUT|DELETE) (\/[^\s`{[]+)/g),
  ];
  const paths = named.map(([, path]) => shape(path ?? ""));
  expect(paths.length).toBeGreaterThanOrEqual(9);
  expect(paths.filter((path) => !known.has(path))).toEqual([]);
});

test("headers, parameters, reasons and commands are the code's", () => {
  const said = document.toLowerCase();
  for (const name of [...Object.values(commandHeaders), arrivalParameters.admission]) {
    expect(said).toContain(`\`${name}\``);
  }
  const reasons = [...gateway.matchAll(/refuse\("(\w+)"\)/g)].map(([, reason]) => reason);
  expect(new Set(reasons).size).toBe(5);
  for (const reason of reasons) expect(document).toContain(`\`${reason}\``);
  const commands = [...gateway.matchAll(/z\.literal\("(\w+)"\)/g)].map(([, name]) => name);
  expect(commands.length).toBe(5);
  for (const name of commands) expect(document).toContain(`{"command":"${name}"`);
});

// The connector as it would be published: what is in the package, that it loads and walks alike on
// Node, on Bun and in a worker-like context, that it stands before each framework, and that its types
// fit theirs.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { packConnector, type PackedConnector, runIn } from "../support/packed-connector.ts";

setDefaultTimeout(60_000);
let packed: PackedConnector;

beforeAll(async () => {
  packed = await packConnector();
  await cp(join(import.meta.dir, "runtimes"), packed.folder, { recursive: true });
  await Bun.write(join(packed.folder, "package.json"), '{"type":"module"}');
});
afterAll(() => packed?.close());

test("the package holds what a shop needs, and nothing else", async () => {
  const others = packed.files.filter(
    (file) => !/^(dist\/[\w/-]+\.(js|d\.ts)|vectors\/[\w-]+\.json)$/.test(file),
  );
  expect(others).toEqual(["LICENSE", "README.ko.md", "README.md", "package.json"]);
  const source = await runIn(packed.folder, [
    "sh",
    "-c",
    "cat node_modules/@usher/connector/dist/*.js node_modules/@usher/connector/dist/*/*.js",
  ]);
  const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name ?? "");
  expect(imported.length).toBeGreaterThan(10);
  expect(imported.filter((name) => !name.startsWith("."))).toEqual([]);
  const manifest = await Bun.file(join(packed.folder, "package", "package.json")).json();
  expect(manifest.dependencies).toBeUndefined();
  for (const { types, default: file } of Object.values<Record<string, string>>(manifest.exports)) {
    for (const path of [types, file]) expect(packed.files).toContain((path ?? "").slice(2));
  }
});

const walked = {
  away: [302, "/w/os_0000000000000000000001"],
  entered: [302, "/shop"],
  inside: [200, "qe_1"],
  forged: 302,
};
const runtimes = {
  Node: ["node", "modules.mjs"],
  Bun: [process.execPath, "modules.mjs"],
  "a worker without Node": ["node", "--experimental-vm-modules", "worker.mjs"],
};
for (const [name, command] of Object.entries(runtimes)) {
  test(`it walks on ${name}`, async () => {
    expect(JSON.parse(await runIn(packed.folder, command))).toEqual(walked);
  });
}

test("it stands before Express, Fastify, a bare http server and Hono", async () => {
  const seen = JSON.parse(await runIn(packed.folder, ["node", "frameworks.mjs"]));
  const each = {
    open: [200, "open"],
    away: [302, "/shop?a=1"],
    app: [403, "not-admitted"],
    entered: [302, "/shop?a=1"],
    inside: [200, "qe_1", "private, no-store"],
  };
  expect(seen).toEqual({
    onExpress: each,
    onFastify: each,
    onHttp: each,
    onHono: each,
    plain: 403,
  });
});

test("its types fit the frameworks' own", async () => {
  const compiler = join(import.meta.dir, "..", "..", "node_modules", ".bin", "tsc");
  const options =
    "--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2022";
  const types = "--types node --lib es2022,dom --skipLibCheck";
  const command = [compiler, ...options.split(" "), ...types.split(" "), "types.ts"];
  expect(await runIn(packed.folder, command)).toBe("");
});

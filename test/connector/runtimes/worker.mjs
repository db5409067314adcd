// The walk where there is no Node: a fresh context that has the language and the web's own globals and
// nothing else (no process, no Buffer, no require), with a loader that only knows the package's files.
// Started with --experimental-vm-modules.

import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import vm from "node:vm";

const webGlobals = [
  "AbortSignal",
  "Headers",
  "Request",
  "Response",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "URLSearchParams",
  "crypto",
];
const context = vm.createContext(
  Object.fromEntries(webGlobals.map((name) => [name, globalThis[name]])),
);
const dist = resolve("node_modules/@usher/connector/dist");
const loaded = new Map();
async function load(path) {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const source = await readFile(path, "utf8");
  const module = new vm.SourceTextModule(source, { context, identifier: path });
  loaded.set(path, module);
  return module;
}
async function link(wanted, from) {
  if (!wanted.startsWith(".")) throw new Error(`a worker has no ${wanted}`);
  return await load(resolve(dirname(from.identifier), wanted));
}
async function run(path) {
  const module = await load(path);
  if (module.status === "unlinked") await module.link(link);
  await module.evaluate();
  return module.namespace;
}
const { walk } = await run(resolve("walk.mjs"));
const parts = await Promise.all(
  ["guard.js", "admission-token.js", "bindings/fetch.js"].map((file) => run(resolve(dist, file))),
);
console.log(JSON.stringify(await walk(Object.assign({}, ...parts))));

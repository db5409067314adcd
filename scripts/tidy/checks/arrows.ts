// Arrows between rooms point one way. The table says which rooms a room may import, at run time or
// for types alike. Three more rules ride on it: only main files and tests construct adapters
// (`main.ts` of a deployable room, and cli); the gateway reaches neither purchase nor payments, not
// even through others; the connector imports nothing outside itself. Finding no modules is a failure.

import { importsOf } from "../imports.ts";
import { type Check, type Finding, isTest, type Project, shipped } from "../project.ts";

const base = ["foundation", "domain", "wire", "ports"];
const deployable = [...base, "http", "connector"];

const mayImport: Readonly<Record<string, readonly string[]>> = {
  foundation: [],
  domain: ["foundation"],
  wire: ["foundation", "domain"],
  ports: ["foundation", "domain", "wire"],
  stores: base,
  payments: base,
  checks: base,
  tickets: base,
  mailbox: ["foundation"],
  purchase: [...base, "tickets"],
  http: [...base, "connector"],
  gateway: deployable,
  "box-office": [...deployable, "purchase", "tickets"],
  workers: [...deployable, "purchase", "tickets"],
  web: ["wire", "foundation", "domain"], // what exactly: browser-reach
  connector: [],
};
/** What a deployable room's main.ts may construct as well. */
const mainFileExtra = ["stores", "payments"];
const mainFile = /^src\/(gateway|box-office|workers)\/main\.ts$/;

const deployableRooms = ["gateway", "box-office", "workers"];
/** The waiting room without JavaScript: web's words and looks, made for one fan by the gateway. */
const plainPage = /^src\/web\/plain-(page|style)\.ts$/;
const sharedByStores = /^src\/stores\/(?!open\.ts)[^/]+\.ts$/;

export function roomOf(path: string): string | undefined {
  // Shops as their engineers write them: they are no part of the package.
  if (path.startsWith("connector/samples/")) return undefined;
  if (path.startsWith("connector/")) return "connector";
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function find(project: Project): Finding[] {
  const modules = shipped(project);
  if (modules.length === 0) return [{ file: "src", says: "saw no modules: nothing was checked" }];
  const findings = modules.flatMap(([path]) => arrowsOf(project, path));
  return [...findings, ...gatewayReach(project)];
}

function arrowsOf(project: Project, path: string): Finding[] {
  const room = roomOf(path);
  if (room === undefined || room === "cli") return [];
  const allowed = mayImport[room];
  if (allowed === undefined) {
    return [{ file: path, says: `the room ${room} has no row in tidy's table of arrows: add one` }];
  }
  const extra = mainFile.test(path) && room !== "gateway" ? mainFileExtra : [];
  const own = mainFile.test(path) && room === "gateway" ? ["stores"] : extra;
  return importsOf(project, path).flatMap((found) => {
    if (found.isPackage) return packageArrow(path, room, found.to);
    if (!project.has(found.to)) return [];
    const target = roomOf(found.to);
    // What all stores share (words, epochs) is no adapter; the door and the adapters are for mains.
    if (deployableRooms.includes(room) && sharedByStores.test(found.to)) return [];
    // Files directly in src/web build and serve the pages; whoever serves may ask them.
    if (deployableRooms.includes(room) && /^src\/web\/[^/]+\.ts$/.test(found.to)) return [];
    if (room === "gateway" && plainPage.test(found.to)) return [];
    if (isTest(found.to)) return [{ file: path, says: `imports the test file ${found.to}` }];
    if (target === room || (target !== undefined && [...allowed, ...own].includes(target))) {
      return [];
    }
    return [
      { file: path, says: `${room} may not import ${target ?? "outside src"} (${found.to})` },
    ];
  });
}

function packageArrow(path: string, room: string, name: string): Finding[] {
  if (room !== "connector" || name.startsWith("node:")) return [];
  return [{ file: path, says: `the connector has no dependencies, yet imports ${name}` }];
}

/** The gateway is deployed alone: whatever it loads, it loads on every gateway machine. */
function gatewayReach(project: Project): Finding[] {
  const roots = shipped(project)
    .map(([path]) => path)
    .filter((path) => path.startsWith("src/gateway/"));
  const seen = new Map<string, string>(roots.map((path) => [path, path]));
  for (const [path, way] of seen) {
    for (const found of importsOf(project, path)) {
      if (found.isPackage || found.isType || seen.has(found.to)) continue;
      seen.set(found.to, `${way} → ${found.to}`);
    }
  }
  return [...seen]
    .filter(([path]) => ["purchase", "payments"].includes(roomOf(path) ?? ""))
    .map(([, way]) => ({ file: "src/gateway", says: `the gateway reaches purchase: ${way}` }));
}

export const arrows: Check = {
  name: "arrows",
  find,
  bad: [
    { "README.md": "no modules at all" },
    {
      "src/domain/a.ts": 'import { b } from "../stores/b.ts"; b();',
      "src/stores/b.ts": "export const b = () => {};",
    },
    {
      "src/domain/a.ts": 'import type { B } from "../stores/b.ts"; export type A = B;',
      "src/stores/b.ts": "export type B = 1;",
    },
    {
      "src/gateway/a.ts": 'import { w } from "../http/w.ts"; w();',
      "src/http/w.ts": 'import { p } from "../purchase/p.ts"; export const w = p;',
      "src/purchase/p.ts": "export const p = 1;",
    },
    {
      "src/box-office/holds.ts": 'import { open } from "../stores/open.ts"; open();',
      "src/stores/open.ts": "export const open = () => {};",
    },
    {
      "src/stores/a.ts": 'import { b } from "../payments/b.ts"; b();',
      "src/payments/b.ts": "export const b = () => {};",
    },
    { "connector/src/a.ts": 'import { z } from "zod"; z();' },
    { "src/new-room/a.ts": "export const a = 1;" },
  ],
  good: {
    "src/box-office/main.ts": 'import { open } from "../stores/open.ts"; open();',
    "src/stores/open.ts":
      'import type { P } from "../ports/p.ts"; export const open = (p: P) => p;',
    "src/ports/p.ts": "export type P = 1;",
  },
};

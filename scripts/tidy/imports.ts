// The real imports of a module: what Bun's own parser finds (run time), plus `import type` lines,
// which exist for the compiler only. Paths are resolved to files of the project; packages keep
// their name. Read next: checks/arrows.ts, which says who may import whom.

import { posix } from "node:path";
import type { Project } from "./project.ts";

export type Import = {
  /** A project path, or the name of a package. */
  to: string;
  isPackage: boolean;
  /** True when it is gone at run time. */
  isType: boolean;
};

const parsers = {
  ts: new Bun.Transpiler({ loader: "ts" }),
  tsx: new Bun.Transpiler({ loader: "tsx" }),
};
const typeImport = /^\s*(?:import|export)\s+type\s[^;]*?from\s+["']([^"']+)["']/gm;

export function importsOf(project: Project, path: string): Import[] {
  const text = project.get(path) ?? "";
  const parser = path.endsWith("x") ? parsers.tsx : parsers.ts;
  const atRunTime = parser
    .scanImports(text)
    .filter((found) => !found.path.startsWith("react/") && !found.path.startsWith("preact/jsx"))
    .map((found) => resolve(path, found.path, false));
  const typesOnly = [...text.matchAll(typeImport)].map((match) =>
    resolve(path, match[1] ?? "", true),
  );
  return [...atRunTime, ...typesOnly];
}

function resolve(from: string, specifier: string, isType: boolean): Import {
  if (!specifier.startsWith(".")) return { to: specifier, isPackage: true, isType };
  return { to: posix.join(posix.dirname(from), specifier), isPackage: false, isType };
}

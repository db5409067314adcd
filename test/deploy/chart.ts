// Renders the Helm chart without Helm, so that tests need nothing but node_modules: Go's template
// language and sprig as @promptctl/go-template-js has them, and beside them the few words that Helm adds
// (include, required, toYaml). What such a stand-in cannot show, and how to see it with Helm itself, is in
// docs/adr/0023-deployment.md. A function that it does not know is an error, never an empty text.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createEngine,
  type FuncMap,
  sprigConversions,
  sprigDefaults,
  sprigDicts,
  sprigFlow,
  sprigHash,
  sprigLists,
  sprigMath,
  sprigStrings,
} from "@promptctl/go-template-js";

export const chartFolder = join(import.meta.dir, "../../deploy/kubernetes/usher");

export type Tree = { [key: string]: unknown };
export type Manifest = Tree & {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
};

export type Rendered = { manifests: Manifest[]; text: string; notes: string };

const textOf = (...path: string[]) => readFileSync(join(chartFolder, ...path), "utf8");
const readYaml = (text: string) => Bun.YAML.parse(text) as Tree;

export const chartDefaults = (): Tree => readYaml(textOf("values.yaml"));

/** The least that an installation has to say. */
export const leastValues: Tree = {
  origins: { gateway: "https://tickets.example.org" },
  settings: { USHER_TRUSTED_PROXIES: "10.244.0.0/16" },
};

export function renderChart(values: Tree = leastValues, release = "usher"): Rendered {
  const chart = readYaml(textOf("Chart.yaml"));
  const scope = {
    Values: merged(chartDefaults(), values),
    Release: { Name: release, Namespace: "tickets", Service: "Helm" },
    Chart: { Name: chart["name"], Version: chart["version"], AppVersion: chart["appVersion"] },
  };
  const helpers = textOf("templates", "_helpers.tpl");
  const render = (source: string, dot: unknown): string =>
    engine
      .parse(helpers + source)
      .evaluate(dot)
      .join("");
  const engine = createEngine<string>({ fromString: (text) => text, funcs: helmWords(render) });
  const files = readdirSync(join(chartFolder, "templates")).filter((file) =>
    file.endsWith(".yaml"),
  );
  const text = files.map((file) => render(textOf("templates", file), scope)).join("\n---\n");
  return {
    manifests: manifestsOf(text),
    text,
    notes: render(textOf("templates/NOTES.txt"), scope),
  };
}

function helmWords(render: (source: string, dot: unknown) => string): FuncMap {
  return {
    ...sprigDefaults(),
    ...sprigStrings(),
    ...sprigDicts(),
    ...sprigLists(),
    ...sprigMath(),
    ...sprigConversions(),
    ...sprigHash(),
    ...sprigFlow(),
    include: {
      fn: (name: unknown, dot: unknown) => render(`{{ template ${JSON.stringify(name)} . }}`, dot),
      argTypes: ["string", "value"],
    },
    required: {
      fn: (says: unknown, value: unknown) => {
        if (value === undefined || value === null || value === "") throw new Error(String(says));
        return value;
      },
      argTypes: ["string", "value"],
    },
    toYaml: {
      fn: (value: unknown) => Bun.YAML.stringify(value, null, 2).trimEnd(),
      argTypes: ["value"],
    },
  };
}

/** As Helm lays values over the chart's: maps key by key, everything else whole. */
function merged(under: Tree, over: Tree): Tree {
  const entries = Object.entries(over).map(([key, value]) => {
    const former = under[key];
    return [key, isTree(former) && isTree(value) ? merged(former, value) : value] as const;
  });
  return { ...under, ...Object.fromEntries(entries) };
}

export function manifestsOf(text: string): Manifest[] {
  const read = Bun.YAML.parse(text) as Manifest | (Manifest | null)[];
  return [read].flat().filter((manifest) => manifest !== null);
}

export const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

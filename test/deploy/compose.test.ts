// The compose file, read and held to the roles: commands that exist, settings that they know, stores
// started before them. Not proven, for want of an engine: that it starts.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { roleOptions } from "../../src/cli/settings/role-options.ts";
import { isTree, type Tree } from "./chart.ts";

type Service = {
  image: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Tree;
};
const path = join(import.meta.dir, "../../deploy/compose/compose.yaml");
const text = await Bun.file(path).text();
const compose = Bun.YAML.parse(text) as { services: Record<string, Service>; volumes: Tree };
const services = Object.entries(compose.services);

test("runs the image with commands that there are", () => {
  const names = commands.map(({ name }) => name);
  const asked = services
    .filter(([, { image, entrypoint }]) => image === "usher" && entrypoint === undefined)
    .map(([, { command }]) => command?.[0] ?? "");
  expect(asked.sort()).toEqual(["box-office", "gateway", "sandbox-provider", "worker"]);
  for (const name of asked) expect(names).toContain(name);
});

test("sets only what the roles know, and waits for what they stand on", () => {
  const known = Object.values(roleOptions).map((row) => ("env" in row ? row.env : undefined));
  for (const role of ["gateway", "box-office", "worker"]) {
    const { environment = {}, depends_on: needs } = compose.services[role]!;
    const strangers = Object.keys(environment).filter((name) => !known.includes(name as never));
    expect(strangers).toEqual([]);
    expect(Object.keys(environment)).toContain("USHER_DATABASE");
    expect(isTree(needs) && Object.keys(needs)).toEqual(["postgres", "redis", "sandbox"]);
  }
});

test("names volumes and services that it has", () => {
  for (const [, { volumes = [], depends_on: needs = {} }] of services) {
    for (const volume of volumes)
      expect(compose.volumes).toHaveProperty(volume.split(":")[0] ?? "");
    for (const needed of Object.keys(needs)) expect(compose.services).toHaveProperty(needed);
  }
});

test("throws nothing away in Redis, and holds no password", () => {
  expect(compose.services["redis"]?.command?.join(" ")).toContain("--maxmemory-policy noeviction");
  expect(text.match(/\$\{POSTGRES_PASSWORD:\?/g)).toHaveLength(2);
});

// Options: the command line wins over the environment, a variable may name a file, and what is refused
// is refused under the name that the person gave.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { option, optionLines, readOptions } from "./options.ts";
import { addressOf, isOn, listOf, originText, portNumber } from "./readers.ts";

const table = {
  port: option({
    takes: "<n>",
    says: "where",
    env: "USHER_PORT",
    initial: "8080",
    read: portNumber,
  }),
  origin: option({ takes: "<o,…>", says: "who", env: "USHER_ORIGIN", read: listOf(originText) }),
  database: option({
    takes: "<url>",
    says: "the truth",
    env: "USHER_DATABASE",
    read: addressOf("postgres", "postgresql"),
  }),
  loud: option({ says: "a switch", initial: "false", read: isOn }),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "usher-options-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (args: string[], environment = {}) => readOptions(table, args, environment);

test("the command line, then the environment, then what counts otherwise", () => {
  expect(read([]).port).toBe(8080);
  expect(read([], { USHER_PORT: "81" }).port).toBe(81);
  expect(read(["--port", "82"], { USHER_PORT: "81" }).port).toBe(82);
  expect(read([], { USHER_PORT: "" }).port).toBe(8080);
  expect(read(["--loud"]).loud).toBe(true);
  expect(read([]).loud).toBe(false);
});

test("a repeated option and a list with commas are the same", () => {
  const both = ["http://a.example", "http://b.example"];
  expect(read(["--origin", both[0] ?? "", "--origin", both[1] ?? ""]).origin).toEqual(both);
  expect(read([], { USHER_ORIGIN: both.join(", ") }).origin).toEqual(both);
  expect(read([]).origin).toBeUndefined();
});

test("a secret comes from a file, without its last line's end", async () => {
  const path = join(folder, "database");
  await Bun.write(path, "postgres://usher:secret@db/usher\n");
  expect(read([], { USHER_DATABASE_FILE: path }).database).toBe("postgres://usher:secret@db/usher");
  expect(() => read([], { USHER_DATABASE_FILE: `${path}.gone` })).toThrow(
    /USHER_DATABASE_FILE names .*cannot be read \(ENOENT\)/,
  );
});

test("what is refused is named as it was given, and an address is not repeated", () => {
  expect(() => read(["--port", "x"])).toThrow("--port takes a whole number from 0 to 65535, not x");
  expect(() => read([], { USHER_PORT: "70000" })).toThrow(/^USHER_PORT takes/);
  expect(() => read(["--origin", "http://a.example/path"])).toThrow(/^--origin takes scheme/);
  expect(() => read(["--nonsense"])).toThrow(/nonsense/);
  const wrong = () => read([], { USHER_DATABASE: "mysql://root:hunter2@db/x" });
  expect(wrong).toThrow(/^USHER_DATABASE takes an address that begins with postgres:\/\//);
  expect(wrong).not.toThrow(/hunter2/);
});

test("the help tells flag, variable and what counts otherwise", () => {
  const lines = optionLines(table, true);
  expect(lines).toContain("where (8080)");
  expect(lines).toContain("USHER_DATABASE");
  expect(optionLines(table)).not.toContain("USHER_DATABASE");
});

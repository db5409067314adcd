import { expect, test } from "bun:test";
import { Fault } from "../foundation/fault.ts";
import { type Command } from "./commands.ts";
import { main } from "./main.ts";
import { editDistance, nearest } from "./nearest.ts";

function terminal() {
  const lines: string[] = [];
  const add = (text: string) => {
    lines.push(text);
  };
  return { out: add, err: add, text: () => lines.join("\n") };
}

const table: Command[] = [
  {
    name: "import",
    summary: "Read a venue plan",
    load: async () => ({ run: async (args) => args.length }),
  },
  {
    name: "serve",
    summary: "Run the platform",
    load: async () => ({
      run: async () => {
        throw new Fault("port-taken", "port 3000 is taken; mend: --port 3001");
      },
    }),
  },
];

test("runs the named command with the rest of the line", async () => {
  expect(await main(["import", "a", "b", "c"], table, terminal())).toBe(3);
});

test("--help lists every command with its summary, and nothing else as a command", async () => {
  const screen = terminal();
  expect(await main(["--help"], table, screen)).toBe(0);
  expect(screen.text()).toContain("import  Read a venue plan");
  expect(screen.text()).toContain("serve   Run the platform");
});

test("an unknown command gets the nearest suggestion", async () => {
  const screen = terminal();
  expect(await main(["sevre"], table, screen)).toBe(2);
  expect(screen.text()).toContain("Did you mean `usher serve`?");
});

test("a far-fetched word gets no suggestion", async () => {
  const screen = terminal();
  expect(await main(["xylophone"], table, screen)).toBe(2);
  expect(screen.text()).not.toContain("Did you mean");
});

test("a fault is told in its own words, without a stack", async () => {
  const screen = terminal();
  expect(await main(["serve"], table, screen)).toBe(1);
  expect(screen.text()).toBe("usher serve: port 3000 is taken; mend: --port 3001 [port-taken]");
});

test("edit distance counts single letters", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
  expect(nearest("imp", ["import", "serve"])).toBe("import");
});

import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkPlan } from "../domain/seating/check-plan.ts";
import { demoArena } from "../domain/seating/demo-arena.ts";

const folder = mkdtempSync(join(tmpdir(), "usher-import-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

async function usher(...args: string[]) {
  const main = resolve(import.meta.dir, "main.ts");
  const child = Bun.spawn([process.execPath, main, "import", ...args], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, out, err };
}

const plan = file("arena.json", JSON.stringify(demoArena()));

describe("usher import", () => {
  test("reports, renames and writes a plan that can be read again", async () => {
    const out = join(folder, "made", "plan.json");
    const done = await usher(plan, "--name", "Grand Hall", "--out", out);
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out).toContain("15,836");
    const written = checkPlan(JSON.parse(readFileSync(out, "utf8")));
    expect(written).toMatchObject({ kind: "plan", plan: { name: { ko: "Grand Hall" } } });
  });

  test("speaks JSON to programs", async () => {
    const done = await usher(plan, "--json");
    expect(JSON.parse(done.out)).toMatchObject({
      format: "usher-plan",
      seats: 15_836,
      standingAreas: [{ key: "standing", capacity: 600 }],
      parted: { gaps: 96 },
    });
  });

  test("refuses with places, at most twenty, and no stack trace", async () => {
    const broken = demoArena() as unknown as { sections: { rows: { seats: object[] }[] }[] };
    const first = broken.sections[0]?.rows ?? [];
    for (const row of first) row.seats = row.seats.map((seat) => ({ ...seat, x: null }));
    const done = await usher(file("broken.json", JSON.stringify(broken)));
    expect(done.code).toBe(1);
    expect(done.err).toContain("sections[0].rows[0].seats[0].x: must be a number, is null");
    expect(done.err).toMatch(/and \d+ more/);
    expect(done.err.split("\n").length).toBeLessThan(26);
    const bare = await usher(file("half.json", '{"zones": [\n  {"name": "A'));
    expect(bare.err).toContain("half.json, line 2, column 14: the text ends in the middle");
    for (const { err } of [done, bare]) expect(err).not.toMatch(/\n\s+at .*:\d+/);
  });

  test("names what cannot be read", async () => {
    const huge = file("huge.json", "");
    truncateSync(huge, 51 * 1024 * 1024);
    expect((await usher(huge)).err).toContain("at most 50 MB are read");
    expect((await usher(join(folder, "absent.json"))).err).toContain("there is no such file");
    const binary = join(folder, "binary.csv");
    writeFileSync(binary, new Uint8Array([0xff, 0xfe, 0x00]));
    expect((await usher(binary)).err).toContain("is not UTF-8 text");
    const pair = mkdtempSync(join(folder, "pair-"));
    for (const name of ["a.json", "b.json"]) writeFileSync(join(pair, name), "{}");
    expect((await usher(pair)).err).toContain("name the one that is the plan");
  });

  test("understands its command line or says what it did not", async () => {
    expect((await usher("--help")).out).toContain("--out <file>");
    const cases: [string[], string][] = [
      [[], "which file or folder?"],
      [["a", "b"], "one file or folder at a time"],
      [["a", "--ouf=x"], "Did you mean --out?"],
      [["a", "--out"], "--out needs a value"],
    ];
    for (const [args, expected] of cases) {
      const done = await usher(...args);
      expect(done).toMatchObject({ code: 2 });
      expect(done.err).toContain(expected);
    }
  });
});

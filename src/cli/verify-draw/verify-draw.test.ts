// The command itself, as a process, on documents that hold and documents that were tampered with.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitmentOf, openDraw } from "../../domain/waiting-room/draw.ts";
import { judgeDraw } from "./judge-draw.ts";
import { frontierAddress } from "./published-draw.ts";
import { sayVerdict } from "./words.ts";

const root = join(import.meta.dir, "..", "..", "..");
const seed = Buffer.from("32275676e48281691a9c87901e64fb8f34e3966e89af874e1bbd419b23734041", "hex");
const commitment = commitmentOf(seed);
const draw = { commitment, seed: seed.toString("hex"), cohort: 10 };
const other = commitmentOf(Buffer.alloc(32, 1));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "usher-draw-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function verify(document: unknown, ...args: string[]) {
  const file = join(folder, "frontier.json");
  await Bun.write(file, typeof document === "string" ? document : JSON.stringify(document));
  return await command("--from", file, ...args);
}
async function command(...args: string[]) {
  const run = Bun.spawn([process.execPath, "src/cli/main.ts", "verify-draw", ...args], {
    cwd: root,
    env: { ...process.env, LC_ALL: "C" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
    run.exited,
  ]);
  return { out, err, code };
}

test("the worked example of docs/draw.md holds, in both languages", async () => {
  const held = await verify({ phase: "open", draw }, "--index", "3", "--commitment", commitment);
  expect(held).toMatchObject({ code: 0, err: "" });
  expect(held.out).toStartWith("THE DRAW HOLDS.");
  expect(held.out).toContain("the commitment that you wrote down");
  expect(held.out).toContain("index 3   is number 10 in the line");
  const inKorean = await verify(draw, "--index", "3", "--lang", "ko");
  expect([inKorean.code, inKorean.out]).toEqual([0, expect.stringContaining("대기 순번은 10번")]);
  const asJson = await verify(draw, "--json");
  expect(JSON.parse(asJson.out)).toEqual({ kind: "holds", cohort: 10, counted: 10, compared: 10 });
});

test("every way in which it does not hold is told, and ends with 1", async () => {
  const cases: [string, object, string[]][] = [
    ["NOT DRAWN YET", { commitment }, []],
    ["the seed is not the one that was promised", { ...draw, commitment: other }, []],
    ["is not the one that you wrote down", draw, ["--commitment", other]],
  ];
  for (const [words, document, args] of cases) {
    const english = await verify({ draw: document }, ...args);
    expect([english.code, english.out]).toEqual([1, expect.stringContaining(words)]);
    const korean = await verify({ draw: document }, ...args, "--lang", "ko");
    expect([korean.code, korean.out]).toEqual([1, expect.stringMatching(/[가-힣]/)]);
  }
});

test("what is no published draw is told by its place", async () => {
  expect(await verify("<html>")).toMatchObject({
    code: 1,
    err: expect.stringContaining("not JSON"),
  });
  expect((await verify({ draw: { commitment: "x" } })).err).toContain("has no draw in it");
  expect((await command("--from", join(folder, "missing.json"))).err).toContain("cannot be read");
  expect((await command("--from", "http://127.0.0.1:9/q/x")).err).toContain("cannot be read");
  expect((await command()).err).toContain("--from says where");
  expect((await verify(draw, "--index", "x")).err).toContain("--index");
});

test("an address of the waiting page is the frontier's", () => {
  const id = "os_0000000000000000000001";
  const frontier = `https://host/q/${id}/frontier`;
  for (const way of ["w", "q", "s"]) {
    expect(frontierAddress(`https://host/${way}/${id}?lang=ko`)).toBe(frontier);
  }
  expect(frontierAddress("https://cdn/kept.json")).toBe("https://cdn/kept.json");
});

test("an order that gives one position twice is caught wherever it is", async () => {
  const cohort = 5_000;
  const question = { published: { ...draw, cohort }, promised: undefined, index: undefined };
  for (const at of [0, 1, 2_500, cohort - 1]) {
    const planted = (key: Uint8Array, size: number) => {
      const honest = openDraw(key, size);
      const victim = honest.positionOf(at === 0 ? 1 : 0);
      return { ...honest, positionOf: (n: number) => (n === at ? victim : honest.positionOf(n)) };
    };
    expect((await judgeDraw(question, () => {}, planted)).kind).toBe("no-permutation");
  }
  const swapped = (key: Uint8Array, size: number) => {
    const honest = openDraw(key, size);
    const turn = (n: number) => (n === 0 ? 1 : n === 1 ? 0 : n);
    const positionOf = (n: number) => honest.positionOf(turn(n));
    return { ...honest, positionOf, indexAt: (n: number) => turn(honest.indexAt(n)) };
  };
  const verdict = await judgeDraw(question, () => {}, swapped);
  expect(verdict).toEqual({ kind: "implementations-differ", index: 0 });
  expect(sayVerdict(verdict, question, "en")).toContain("NO VERDICT");
});

test("a million entries are counted out, with progress", async () => {
  const seen: number[] = [];
  const published = { ...draw, cohort: 1_000_000 };
  const verdict = await judgeDraw({ published, promised: undefined, index: 999_999 }, (counted) =>
    seen.push(counted),
  );
  expect(verdict).toMatchObject({ kind: "holds", counted: 1_000_000, compared: 2_000 });
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.at(-1)).toBe(1_000_000);
}, 30_000);

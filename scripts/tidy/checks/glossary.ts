// One word, one meaning: the "never say" column of GLOSSARY.md, read from the glossary itself.
// Checked in the words of exported names and of file names in src/. A word that has an honest
// technical meaning elsewhere (a DOM event, a file lock) is refused only in the rooms that speak
// about the sale; where even there another sense is right, `fine` names it.

import { type Check, exportedNames, type Finding, type Project, shipped } from "../project.ts";
import { wordsOf } from "../project.ts";
import { roomOf } from "./arrows.ts";

const saleRooms = ["domain", "ports", "wire", "purchase", "box-office", "gateway"];
/** Never right anywhere, whatever the room. */
const everywhere = ["lobby", "reservation", "cart", "booking", "workflow", "lottery", "psp"];
/** Ordinary technical words in another sense; a phrase in the column is not one word anyway. */
const fine = ["ticket", "gateway", "cache", "drop", "launch", "user", "pass", "block", "rank"];
const fewestWords = 20;

export function forbiddenWords(glossary: string): string[] {
  return glossary
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|\s*-/.test(line))
    .flatMap((line) => (line.replaceAll("\\|", "").split("|")[3] ?? "").split(","))
    .map((word) =>
      word
        .replace(/\(.*?\)/g, "")
        .trim()
        .toLowerCase(),
    )
    .filter((word) => /^[a-z]+$/.test(word));
}

function find(project: Project): Finding[] {
  const glossaryText = project.get("GLOSSARY.md");
  if (glossaryText === undefined) return [{ file: "GLOSSARY.md", says: "is missing" }];
  const forbidden = forbiddenWords(glossaryText);
  if (forbidden.length < fewestWords) {
    return [{ file: "GLOSSARY.md", says: `only ${forbidden.length} forbidden words were read` }];
  }
  return shipped(project).flatMap(([path, text]) => {
    const room = roomOf(path) ?? "";
    const refused = forbidden.filter((word) =>
      saleRooms.includes(room) ? !fine.includes(word) : everywhere.includes(word),
    );
    const named = [{ name: path.slice(path.lastIndexOf("/") + 1) }, ...exportedNames(text)];
    return named.flatMap((found: { name: string; line?: number }) => {
      const word = wordsOf(found.name).find((part) => refused.includes(part));
      if (word === undefined) return [];
      const says = `${found.name}: the glossary never says "${word}"`;
      return [
        found.line === undefined ? { file: path, says } : { file: path, line: found.line, says },
      ];
    });
  });
}

const sample = `| hold | a claim | ${"lobby, cart, event, lock, reservation, booking, job, cron, jwt, chart, ".repeat(2)} |\n`;

export const glossary: Check = {
  name: "glossary",
  find,
  bad: [
    { "src/domain/a.ts": "export const a = 1;" },
    { "GLOSSARY.md": "| hold | a claim | cart |", "src/domain/a.ts": "" },
    { "GLOSSARY.md": sample, "src/domain/seat-lock.ts": "" },
    { "GLOSSARY.md": sample, "src/web/a.ts": "export const shoppingCart = 1;" },
  ],
  good: { "GLOSSARY.md": sample, "src/web/a.ts": "export const onPointerEvent = 1;" },
};

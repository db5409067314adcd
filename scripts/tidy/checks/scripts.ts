// Lua scripts as pairs. The header of each is law (purpose, KEYS, ARGV, REPLY, KEEPS), and the pair is
// held to it: the TypeScript file names the same keys in the same order, reads every word that the
// script may answer, and loads the parts whose keys it has. No command touches a key that is not
// declared, none is put together from strings, and all keys of a script carry one hash tag, so that a
// cluster finds them in one slot.
//
// Header: `-- KEYS  name  type  {tag}` and `-- REPLY word  …`, one a line; continued lines are indented
// further than the first.

import type { Check, Finding, Project } from "../project.ts";
import { type Header, headerOf, keysUsed, wordsAnswered } from "../lua.ts";

const isScript = (path: string) => /\/scripts\/(?!parts\/)[^/]+\/[^/]+\.lua$/.test(path);
const isPart = (path: string) => /\/scripts\/parts\/[^/]+\.lua$/.test(path);
const keyTypes = ["hash", "zset", "string", "list", "set", "channel"];

function find(project: Project): Finding[] {
  return [...project].flatMap(([file, text]) => {
    if (isPart(file)) return partFindings(file, text);
    if (!isScript(file)) return [];
    const pair = project.get(file.replace(/\.lua$/, ".ts"));
    if (pair === undefined) return [{ file, says: "has no TypeScript file beside it" }];
    const header = headerOf(text);
    return [
      ...headerFindings(file, header),
      ...bodyFindings(file, text, header),
      ...pairFindings(file, pair, header),
      ...partsOf(project, file, pair, header),
    ];
  });
}

function headerFindings(file: string, { name, keys, replies, keeps, args }: Header): Finding[] {
  const expected = /([^/]+)\.lua$/.exec(file)?.[1];
  const tags = new Set(keys.map((key) => key.tag));
  return [
    name !== expected && `the header names ${name || "nothing"}: begin with "-- ${expected}: …"`,
    keys.length === 0 && "declares no KEYS",
    keys.some((key) => !keyTypes.includes(key.type)) &&
      `a key's type is one of ${keyTypes.join(", ")}`,
    tags.size > 1 && `its keys are in ${tags.size} slots: ${[...tags].join(", ")}`,
    !args && "says nothing of ARGV",
    replies.length === 0 && "names no REPLY",
    !keeps && "says nothing of what it KEEPS",
  ].flatMap((says) => (says === false ? [] : [{ file, says }]));
}

function bodyFindings(file: string, text: string, header: Header): Finding[] {
  const declared = header.keys.map((key) => key.name);
  const undeclared = keysUsed(text).filter((key) => !declared.includes(key));
  const unnamed = wordsAnswered(text).filter((word) => !header.replies.includes(word));
  return [
    ...undeclared.map((key) => ({ file, says: `touches ${key}, which is not among its KEYS` })),
    ...unnamed.map((word) => ({
      file,
      says: `answers ${word}, which is not among its REPLY words`,
    })),
  ];
}

function pairFindings(file: string, pair: string, { keys, replies }: Header): Finding[] {
  const declared = keys.map((key) => key.name).join(", ");
  const named = listIn(pair, "keys").join(", ");
  return [
    ...(declared === named
      ? []
      : [
          {
            file,
            says: `KEYS are ${declared || "none"}; the TypeScript file sends ${named || "none"}`,
          },
        ]),
    ...replies
      .filter((word) => !pair.includes(`case "${word}"`))
      .map((word) => ({ file, says: `the TypeScript file does not read ${word}` })),
  ];
}

function partsOf(project: Project, file: string, pair: string, { keys }: Header): Finding[] {
  const folder = `${file.slice(0, file.indexOf("/scripts/"))}/scripts/parts/`;
  const declared = keys.map((key) => key.name);
  return listIn(pair, "parts").flatMap((part) => {
    const text = project.get(`${folder}${part}.lua`);
    if (text === undefined) return [{ file, says: `there is no part ${part}` }];
    return headerOf(text)
      .needs.filter((key) => !declared.includes(key))
      .map((key) => ({ file, says: `part ${part} needs ${key}, which is not among the KEYS` }));
  });
}

function partFindings(file: string, text: string): Finding[] {
  const { needs } = headerOf(text);
  if (!/^-- Part [\w-]+: /.test(text) || needs.length === 0) {
    return [{ file, says: 'a part begins with "-- Part name: …" and says which keys it NEEDS' }];
  }
  return keysUsed(text)
    .filter((key) => !needs.includes(key) && key !== "key")
    .map((key) => ({ file, says: `touches ${key}, which is not among what it NEEDS` }));
}

/** The strings of `name: ["a", "b"]`. */
function listIn(text: string, name: string): string[] {
  const found = new RegExp(`\\b${name}:\\s*\\[([^\\]]*)\\]`).exec(text)?.[1] ?? "";
  return [...found.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}

const at = "src/stores/redis/scripts/line/leave-shop";
const lua = (change: (text: string) => string = (text) => text) =>
  change(`-- leave-shop: frees a place at once.
-- KEYS  meta      hash  {on-sale}
--       shoppers  zset  {on-sale}
-- ARGV  epoch, now, entry
-- REPLY stale-epoch
--       left
-- KEEPS a repeat changes nothing

if isStale() then
  return { 'stale-epoch' }
end
redis.call('ZREM', shoppers, ARGV[3])
return { 'left' }
`);
const ts = `const s = script(import.meta.url, { keys: ["meta", "shoppers"], parts: ["clock"] });
switch (reply.word) { case "stale-epoch": case "left": }`;
const clock = "-- Part clock: the epoch.\n-- NEEDS meta\nredis.call('HGET', meta, 'epoch')\n";
const sample = (luaText: string, tsText = ts, part = clock) => ({
  [`${at}.lua`]: luaText,
  [`${at}.ts`]: tsText,
  "src/stores/redis/scripts/parts/clock.lua": part,
});

export const scripts: Check = {
  name: "scripts",
  find,
  bad: [
    { [`${at}.lua`]: lua() },
    sample(lua((text) => text.replace("--       shoppers  zset  {on-sale}\n", ""))),
    sample(lua((text) => text.replace("zset  {on-sale}", "zset  {entry}"))),
    sample(lua((text) => text.replace("-- KEEPS", "-- NOTES"))),
    sample(lua((text) => text.replace("'ZREM', shoppers", "'ZREM', turns"))),
    sample(lua((text) => text.replace("'ZREM', shoppers", "'ZREM', 'usher:' .. ARGV[3]"))),
    sample(lua((text) => text.replace("{ 'left' }", "{ 'gone' }"))),
    sample(lua(), ts.replace('case "left"', "default")),
    sample(lua(), ts.replace('"meta", "shoppers"', '"shoppers", "meta"')),
    sample(lua(), ts.replace('["clock"]', '["clocks"]')),
    sample(lua(), ts, clock.replace("NEEDS meta", "NEEDS meta, turns")),
    sample(lua(), ts, clock.replace("meta, 'epoch'", "line, 'epoch'")),
  ],
  good: sample(lua()),
};

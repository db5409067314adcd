// What tidy reads in a Lua script: its header, the keys that its commands touch, and the words that it
// answers. Text only, line by line: the scripts are written so that this is enough, and checks/scripts.ts
// refuses what it cannot read.

export type Header = {
  name: string;
  keys: { name: string; type: string; tag: string }[];
  /** Of a part: the keys that its script must declare. */
  needs: string[];
  replies: string[];
  args: boolean;
  keeps: boolean;
};

export function headerOf(text: string): Header {
  const lines = /^(?:--[^\n]*\n)+/.exec(text)?.[0].split("\n") ?? [];
  const header: Header = {
    name: /^-- ([a-z0-9-]+): /.exec(text)?.[1] ?? "",
    keys: [],
    needs: [],
    replies: [],
    args: false,
    keeps: false,
  };
  let under = "";
  for (const line of lines) {
    const begun = /^-- (KEYS|ARGV|REPLY|KEEPS|NEEDS) /.exec(line);
    // Eight columns: entries of a list begin there, what continues them stands further in.
    if (begun === null && !/^-- {7}\S/.test(line)) continue;
    under = begun?.[1] ?? under;
    const content = line.slice(8).trim();
    if (under === "KEYS") header.keys.push(keyFrom(content));
    if (under === "NEEDS") header.needs.push(...content.split(/,\s*/));
    if (under === "REPLY") header.replies.push(/^\S+/.exec(content)?.[0] ?? "");
    if (under === "ARGV") header.args = true;
    if (under === "KEEPS") header.keeps = true;
  }
  return header;
}

function keyFrom(content: string): Header["keys"][number] {
  const [name = "", type = "", tag = ""] = content.split(/\s+/);
  return { name, type, tag };
}

const comment = /--[^\n]*/g;
const withoutKey = ["TIME", "INFO"];
const manyKeys = ["UNLINK", "RENAME"];

/** First arguments of commands: a name is a declared key, anything else is shown as it stands. */
export function keysUsed(text: string): string[] {
  const code = text.replace(comment, "");
  const calls = [
    ...code.matchAll(/redis\.call\('([A-Z]+)'(?:,\s*([^)]*))?\)?/g),
    ...code.matchAll(/forMany\('([A-Z]+)',\s*([^)]*)\)/g),
  ];
  return calls.flatMap(([, command = "", rest = ""]) => {
    if (withoutKey.includes(command)) return [];
    const args = rest.split(/,\s*/).map((arg) => arg.trim());
    return manyKeys.includes(command) ? args : args.slice(0, 1);
  });
}

/** The literal words at the head of a returned or answered list. */
export function wordsAnswered(text: string): string[] {
  const code = text.replace(comment, "");
  const heads = [
    ...code.matchAll(/return \{\s*(?:[^'}]*and )?'([a-z-]+)'(?: or '([a-z-]+)')?/g),
    ...code.matchAll(/(?:answer|withList|withHold)\(\{\s*'([a-z-]+)'/g),
    ...code.matchAll(/local reply = \{\s*'([a-z-]+)'/g),
  ];
  return [
    ...new Set(
      heads.flatMap(([, one, other]) => [one, other].filter((word) => word !== undefined)),
    ),
  ];
}

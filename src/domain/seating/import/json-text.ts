// JSON that says where it is broken. The engine's parser is used for reading; only when it refuses
// does this one walk the text to find the line and column, because engines word that differently
// or not at all.

export type JsonReading =
  | { readonly kind: "value"; readonly value: unknown }
  | {
      readonly kind: "broken";
      readonly line: number;
      readonly column: number;
      readonly why: string;
    };

export function readJson(text: string): JsonReading {
  try {
    return { kind: "value", value: JSON.parse(text) };
  } catch {
    const scan = new Scan(text);
    const at = scan.findFault();
    const before = text.slice(0, at);
    const line = before.split("\n").length;
    const column = at - before.lastIndexOf("\n");
    return { kind: "broken", line, column, why: scan.why };
  }
}

const literal = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const space = /[ \t\n\r]*/y;

/** Walks with a stack of its own: a text of a million brackets must not exhaust ours. */
class Scan {
  readonly #text: string;
  #at = 0;
  why = "";

  constructor(text: string) {
    this.#text = text;
  }

  findFault(): number {
    const open: ("[" | "{")[] = [];
    let expects: "value" | "first" | "key" | "after" = "value";
    for (;;) {
      this.#skip(space);
      const char = this.#text[this.#at];
      const inside = open.at(-1);
      if (char === undefined) return this.#fault(open.length > 0 || expects === "value");
      const closing = inside === "{" ? "}" : "]";
      if (
        inside !== undefined &&
        char === closing &&
        (expects === "after" || expects === "first")
      ) {
        open.pop();
        this.#at++;
        expects = "after";
      } else if (expects === "after") {
        if (inside === undefined) return this.#say("there is more text after the end");
        if (char !== ",") return this.#say(`expected "," or "${closing}"`);
        this.#at++;
        expects = inside === "{" ? "key" : "value";
      } else if (inside === "{" && expects !== "value") {
        if (!this.#skip(string)) return this.#badToken("expected a name in double quotes");
        this.#skip(space);
        if (this.#text[this.#at] === undefined) return this.#fault(true);
        if (this.#text[this.#at] !== ":") return this.#say('expected ":"');
        this.#at++;
        expects = "value";
      } else if (char === "[" || char === "{") {
        open.push(char);
        this.#at++;
        expects = "first";
      } else {
        if (!this.#skip(string) && !this.#skip(literal)) return this.#badToken("expected a value");
        expects = "after";
      }
    }
  }

  /** A string without its end, or a word that the text stops in, means that the rest is missing. */
  #badToken(why: string): number {
    const rest = this.#text.slice(this.#at);
    const cutOff = rest.startsWith('"')
      ? !/^"(?:[^"\\]|\\.)*"/s.test(rest)
      : /^[\w.+-]+$/.test(rest);
    return cutOff ? this.#fault(true) : this.#say(why);
  }

  #fault(cutOff: boolean): number {
    this.#at = this.#text.length;
    return this.#say(cutOff ? "the text ends in the middle; the file seems cut off" : "not JSON");
  }

  #say(why: string): number {
    this.why = why;
    return this.#at;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found || found[0] === "") return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}

// Collects what is wrong with a document from outside, each problem with its place in it
// (`sections[3].rows[2].seats[7].x`). Keeps the first `maxProblems` and counts the others: a wrong
// file has one cause and ten thousand symptoms.

export type Problem = { readonly path: string; readonly message: string };

export const maxProblems = 20;

export type Members = Readonly<Record<string, unknown>>;

export class Problems {
  readonly problems: Problem[] = [];
  count = 0;

  problem(path: string, message: string): void {
    this.count++;
    if (this.problems.length < maxProblems) this.problems.push({ path: path || "plan", message });
  }

  members(path: string, value: unknown): Members | undefined {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Members;
    }
    this.problem(path, `must be an object, is ${describeKind(value)}`);
    return undefined;
  }

  list(path: string, value: unknown, size: { min: number; max: number }): readonly unknown[] {
    if (!Array.isArray(value)) {
      this.problem(path, `must be a list, is ${describeKind(value)}`);
      return [];
    }
    if (value.length < size.min) this.problem(path, `must have at least ${size.min}, is empty`);
    if (value.length > size.max) {
      this.problem(path, `has ${value.length}, at most ${size.max} are allowed`);
      return [];
    }
    return value;
  }

  number(path: string, value: unknown, range: { min: number; max: number }): number {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      this.problem(path, `must be a number, is ${describeKind(value)}`);
      return 0;
    }
    if (value < range.min || value > range.max) {
      this.problem(path, `must be from ${range.min} to ${range.max}, is ${value}`);
    }
    return value;
  }

  text(path: string, value: unknown, maxLength: number): string {
    if (typeof value !== "string" || value.trim() === "") {
      this.problem(path, `must be a text, is ${value === "" ? "empty" : describeKind(value)}`);
      return "";
    }
    if (value.length > maxLength) {
      this.problem(path, `has ${value.length} characters, at most ${maxLength} are allowed`);
    }
    return value;
  }

  /** Notices a key that was used before among its siblings. */
  unique(seen: Map<string, string>, path: string, value: string): void {
    const first = seen.get(value);
    if (first !== undefined) this.problem(path, `"${value}" is already at ${first}`);
    else if (value) seen.set(value, path);
  }
}

/** What a value is, in words for a message. */
export function describeKind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isFinite(value) ? `the number ${value}` : `${value}`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return typeof value === "object" ? "an object" : String(value);
}

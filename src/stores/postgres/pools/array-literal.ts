// Arrays as PostgreSQL reads them. The client writes them element by element, with a replacement on each;
// a group commit brings some thousand elements, and the runtime's JSON differs only in the brackets, in
// how control characters are written, and in what is no plain value: those are left to the client.

const plain = new Set(["string", "number", "boolean", "undefined"]);
const escapedOtherwise = /\\[bfnrtu]/;

/** The value itself where it is no array, or one that JSON would write otherwise. */
export function asParameter(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  for (const item of value) if (item !== null && !plain.has(typeof item)) return value;
  const text = JSON.stringify(value);
  return escapedOtherwise.test(text) ? value : `{${text.slice(1, -1)}}`;
}

// A bug is us misbehaving: `assert` throws, only the process edge catches it. Assertions stay on in
// production, because a broken seat or money invariant must stop the selling, not be sold through.
// The world misbehaving is a Fault (fault.ts); an expected refusal is an outcome (a returned union).

export class Bug extends Error {
  override readonly name = "Bug";
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** Makes a `switch` over a union exhaustive: a new member is then a type error here. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${JSON.stringify(value)}`);
}

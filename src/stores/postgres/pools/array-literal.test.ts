import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { migratedPostgres } from "../../../../test/support/records.ts";
import { asParameter } from "./array-literal.ts";

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await migratedPostgres() });
  await client.connect();
});
afterAll(() => client.end());

test("PostgreSQL reads back what was meant", async () => {
  const texts = [
    "",
    "a",
    'say "yes"',
    "back\\slash",
    "{1,2}",
    "null",
    "NULL",
    null,
    "김 서연",
    "a,b",
    " x ",
  ];
  const odd = ["new\nline", "tab\t", "\u0001", "\u2028"];
  for (const list of [texts, odd, [...texts, ...odd], []]) {
    const { rows } = await client.query("select $1::text[] as list", [asParameter(list)]);
    expect(rows[0]).toEqual({ list });
  }
  const { rows } = await client.query(
    "select $1::integer[] as whole, $2::boolean[] as yes, $3::bigint[] is not null as long, $4::jsonb[] as json",
    [[1, -2, null], [true, false], [9_007_199_254_740_991], ['{"name":"\\"Kim\\"\\n"}']].map(
      asParameter,
    ),
  );
  expect(rows[0]).toEqual({
    whole: [1, -2, null],
    yes: [true, false],
    long: true,
    json: [{ name: '"Kim"\n' }],
  });
});

test("what is no array of plain values is left as it is", () => {
  for (const value of ["a", 1, null, undefined, [[1], [2]], [{ a: 1 }], [new Date(0)]])
    expect(asParameter(value)).toBe(value);
  expect(asParameter(["a", undefined, 1])).toBe('{"a",null,1}');
});

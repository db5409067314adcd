import { expect, test } from "bun:test";
import type { Socket } from "node:net";
import { Writable } from "node:stream";
import { inOneWrite } from "./one-write.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function stream() {
  const writes: string[][] = [];
  const text = (chunk: unknown) => String(chunk);
  const writable = new Writable({
    write(chunk, _encoding, done) {
      writes.push([text(chunk)]);
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => text(chunk)));
      done();
    },
  });
  inOneWrite(writable as Socket);
  return { writable, writes };
}

test("what is written in one turn goes out together, in order, and the next turn has its own", async () => {
  const { writable, writes } = stream();
  writable.write("a");
  await Promise.resolve();
  writable.write("b");
  expect(writes).toEqual([]);
  await turn();
  expect(writes).toEqual([["a", "b"]]);
  writable.write("c");
  await turn();
  expect(writes).toEqual([["a", "b"], ["c"]]);
});

test("a stream that is destroyed meanwhile is let go all the same", async () => {
  const { writable, writes } = stream();
  writable.write("a");
  writable.destroy();
  await turn();
  expect(writes).toEqual([]);
});

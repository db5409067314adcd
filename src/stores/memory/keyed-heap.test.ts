import { expect, test } from "bun:test";
import fc from "fast-check";
import { KeyedHeap } from "./keyed-heap.ts";

const command = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), item: fc.nat(30), key: fc.nat(8) }),
  fc.record({ kind: fc.constant("delete" as const), item: fc.nat(30), key: fc.constant(0) }),
  fc.record({ kind: fc.constant("take" as const), item: fc.constant(0), key: fc.constant(0) }),
);

test("a heap answers what a sorted list would, ties in the order in which they were set", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const heap = new KeyedHeap<number>();
      let list: { item: number; key: number; turn: number }[] = [];
      commands.forEach(({ kind, item, key }, turn) => {
        if (kind === "set") {
          heap.set(item, key);
          if (list.find((one) => one.item === item)?.key !== key) {
            list = [...list.filter((one) => one.item !== item), { item, key, turn }];
          }
        } else if (kind === "delete") {
          heap.delete(item);
          list = list.filter((one) => one.item !== item);
        } else {
          expect(heap.take()).toBe(list[0]?.item);
          list = list.slice(1);
        }
        list.sort((a, b) => a.key - b.key || a.turn - b.turn);
        expect(heap.size).toBe(list.length);
        expect(heap.leastKey).toBe(list[0]?.key ?? Number.POSITIVE_INFINITY);
        for (const one of list) expect(heap.has(one.item)).toBe(true);
      });
    }),
    { numRuns: 200 },
  );
});

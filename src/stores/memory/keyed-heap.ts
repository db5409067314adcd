// A binary min-heap whose items can be moved and taken out: deadlines that get extended, the returned
// in order of position. Each item is in it at most once. Equal keys come out in the order in which
// they were set, so that two runs of the same commands give the same replies.

export class KeyedHeap<Item> {
  private readonly items: Item[] = [];
  private readonly keys: number[] = [];
  private readonly turns: number[] = [];
  private readonly slots = new Map<Item, number>();
  private turn = 0;

  get size(): number {
    return this.items.length;
  }

  /** Infinity while empty. */
  get leastKey(): number {
    return this.keys[0] ?? Number.POSITIVE_INFINITY;
  }

  has(item: Item): boolean {
    return this.slots.has(item);
  }

  /** Adds the item, or moves it to another key. */
  set(item: Item, key: number): void {
    const known = this.slots.get(item);
    if (known !== undefined) {
      if (this.keys[known] === key) return;
      this.keys[known] = key;
      this.turns[known] = this.turn++;
      this.settle(known);
      return;
    }
    const slot = this.items.length;
    this.place(slot, item, key, this.turn++);
    this.settle(slot);
  }

  delete(item: Item): void {
    const slot = this.slots.get(item);
    if (slot === undefined) return;
    this.slots.delete(item);
    const last = this.items.length - 1;
    const [lastItem, lastKey, lastTurn] = [this.items[last], this.keys[last], this.turns[last]];
    this.items.pop();
    this.keys.pop();
    this.turns.pop();
    if (slot === last) return;
    this.place(slot, lastItem as Item, lastKey as number, lastTurn as number);
    this.settle(slot);
  }

  /** Takes out the item with the least key. */
  take(): Item | undefined {
    const item = this.items[0];
    if (item !== undefined) this.delete(item);
    return item;
  }

  private place(slot: number, item: Item, key: number, turn: number): void {
    this.items[slot] = item;
    this.keys[slot] = key;
    this.turns[slot] = turn;
    this.slots.set(item, slot);
  }

  private before(a: number, b: number): boolean {
    const [keyA, keyB] = [this.keys[a] as number, this.keys[b] as number];
    return keyA < keyB || (keyA === keyB && (this.turns[a] as number) < (this.turns[b] as number));
  }

  private swap(a: number, b: number): void {
    const [item, key, turn] = [this.items[a], this.keys[a], this.turns[a]];
    this.place(a, this.items[b] as Item, this.keys[b] as number, this.turns[b] as number);
    this.place(b, item as Item, key as number, turn as number);
  }

  private settle(start: number): void {
    let slot = start;
    while (slot > 0 && this.before(slot, (slot - 1) >> 1)) {
      this.swap(slot, (slot - 1) >> 1);
      slot = (slot - 1) >> 1;
    }
    for (;;) {
      const left = 2 * slot + 1;
      const right = left + 1;
      let least = slot;
      if (left < this.items.length && this.before(left, least)) least = left;
      if (right < this.items.length && this.before(right, least)) least = right;
      if (least === slot) return;
      this.swap(slot, least);
      slot = least;
    }
  }
}

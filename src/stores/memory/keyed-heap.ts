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

  private before(a: number, key: number, turn: number): boolean {
    const keyA = this.keys[a] as number;
    return keyA < key || (keyA === key && (this.turns[a] as number) < turn);
  }

  private copy(from: number, to: number): void {
    this.place(to, this.items[from] as Item, this.keys[from] as number, this.turns[from] as number);
  }

  /** Moves the item in this slot to where its key belongs; the others make room, one step each. */
  private settle(start: number): void {
    const item = this.items[start] as Item;
    const key = this.keys[start] as number;
    const turn = this.turns[start] as number;
    let slot = start;
    while (slot > 0) {
      const parent = (slot - 1) >> 1;
      if (this.before(parent, key, turn)) break;
      this.copy(parent, slot);
      slot = parent;
    }
    for (let child = 2 * slot + 1; child < this.items.length; child = 2 * slot + 1) {
      const right = child + 1;
      const rightFirst =
        right < this.items.length &&
        this.before(right, this.keys[child] as number, this.turns[child] as number);
      if (rightFirst) child = right;
      if (!this.before(child, key, turn)) break;
      this.copy(child, slot);
      slot = child;
    }
    if (slot !== start) this.place(slot, item, key, turn);
  }
}

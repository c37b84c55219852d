interface Entry {
  readonly count: number;
  readonly key: number;
}

export interface PairQueue {
  push(entry: Entry): void;
  /** The entry with the largest count; of those, the one with the smallest key. */
  pop(): Entry | undefined;
}

const before = (a: Entry, b: Entry) => a.count > b.count || (a.count === b.count && a.key < b.key);

/** A priority queue of counted keys, as a binary heap. */
export function createPairQueue(): PairQueue {
  const heap: Entry[] = [];
  const swap = (i: number, j: number) => {
    [heap[i], heap[j]] = [heap[j], heap[i]];
  };
  const push = (entry: Entry) => {
    heap.push(entry);
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!before(heap[i], heap[parent])) return;
      swap(i, parent);
      i = parent;
    }
  };
  const pop = (): Entry | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    heap[0] = last;
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let first = i;
      if (left < heap.length && before(heap[left], heap[first])) first = left;
      if (right < heap.length && before(heap[right], heap[first])) first = right;
      if (first === i) return top;
      swap(i, first);
      i = first;
    }
  };
  return { push, pop };
}

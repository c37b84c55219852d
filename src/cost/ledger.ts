/** A cost as named items; the total is their sum, never a second formula. */
export interface Ledger<Item extends string = string> {
  readonly items: Readonly<Record<Item, number>>;
  readonly total: number;
}

/** Formulas write item after item into `out`, so that one formula serves one shape and a million. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

export function toLedger<Item extends string>(names: readonly Item[], values: ArrayLike<number>): Ledger<Item> {
  const items = Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Item, number>;
  return { items, total: sum(values) };
}

/** Sum of the items whose name begins with `prefix`. */
export function sumOf(items: Readonly<Record<string, number>>, prefix: string): number {
  return sum(
    Object.keys(items)
      .filter(name => name.startsWith(prefix))
      .map(name => items[name]),
  );
}

/** Named numeric columns of one length: what laws and fits read. Every value is finite. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** Number of rows; 0 without columns. */
export function rowCount(columns: Columns): number {
  const first = Object.values(columns)[0];
  return first === undefined ? 0 : first.length;
}

/** The rows at `indices`, in that order, of every column. */
export function pickRows(columns: Columns, indices: ArrayLike<number>): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Float64Array.from(indices, i => values[i])]),
  );
}

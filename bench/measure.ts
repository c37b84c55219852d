/** One measurement beside its peer's, from one run. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  /** The same work done by the peer named in `name`, in the same unit; null where there is none. */
  readonly peer: number | null;
  readonly unit: string;
  /** Above 1 when ours is faster: peer / ours of times, ours / peer of rates; null where nothing is compared. */
  readonly ratio: number | null;
}

/** What a file of this folder exports: its measurements, taken when called. */
export interface Bench {
  benchmarks(): Promise<readonly Row[]>;
}

/** A row of times, in milliseconds; `ours` and `peer` are seconds. */
export function timeRow(name: string, ours: number, peer: number | null): Row {
  return {
    name,
    ours: 1000 * ours,
    peer: peer === null ? null : 1000 * peer,
    unit: 'ms',
    ratio: peer === null ? null : peer / ours,
  };
}

export interface Timing {
  /** Calls measured; their median counts. */
  readonly repetitions?: number;
  /** Calls before that, so that the code is compiled and buffers stand. */
  readonly warmUp?: number;
}

/** Median wall time of a call, in seconds. */
export async function medianSeconds(
  work: () => unknown,
  { repetitions = 7, warmUp = 2 }: Timing = {},
): Promise<number> {
  for (let i = 0; i < warmUp; i++) await work();
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  return (times[(repetitions - 1) >> 1] + times[repetitions >> 1]) / 2;
}

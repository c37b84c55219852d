import { median } from 'simple-statistics';

/** Seconds on a clock that only goes forward. Tests and loaded machines bring another one than the wall's. */
export type Clock = () => number;

export const WALL_CLOCK: Clock = () => performance.now() / 1000;

export interface Repeats {
  /** Calls that count, at least; the first call never does, since it builds plans and buffers. */
  readonly least: number;
  /** Calls go on until they take this long together. */
  readonly seconds: number;
}

/** Median seconds of a call. */
export function medianSeconds(call: () => void, { least, seconds }: Repeats, clock: Clock): number {
  call();
  const times: number[] = [];
  let total = 0;
  while (times.length < least || total < seconds) {
    const begin = clock();
    call();
    times.push(clock() - begin);
    total += times[times.length - 1];
    if (times.length >= MOST) break;
  }
  return median(times);
}

const MOST = 1000;

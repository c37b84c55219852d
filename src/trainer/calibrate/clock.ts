import { median } from 'simple-statistics';

/** Seconds on a clock that only goes forward. */
export type Clock = () => number;

/** 'wall': what a step takes. 'cpu': what this process computes, which other work on the machine disturbs less. */
export const CLOCKS = {
  wall: () => performance.now() / 1000,
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
} as const satisfies Record<string, Clock>;
export type ClockName = keyof typeof CLOCKS;

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

import { constants } from 'node:os';

/** The user, or a scheduler, ends the program by a signal. */
export class Stopped extends Error {
  override name = 'Stopped';
  constructor(readonly by: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${by}`);
  }

  /** As a shell reports it: 130 or 143. */
  get exitCode(): number {
    return 128 + constants.signals[this.by];
  }
}

/** Work that SIGINT and SIGTERM ask to come to an end, through its signal; a second one ends the program at once. */
export async function untilStopped<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const onSignal = (by: NodeJS.Signals) => {
    release();
    stop.abort(new Stopped(by as Stopped['by']));
  };
  const release = () => {
    for (const by of ['SIGINT', 'SIGTERM']) process.off(by, onSignal);
  };
  for (const by of ['SIGINT', 'SIGTERM']) process.on(by, onSignal);
  try {
    return await work(stop.signal);
  } finally {
    release();
  }
}

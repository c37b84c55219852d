import { format } from '../base/index.js';
import { say } from './table.js';

export interface ProgressBar {
  /** Share done, in [0, 1], and a remark such as the loss so far. */
  update(share: number, remark?: string): void;
  stop(): void;
}

const PLAIN_SECONDS = 10;

/** A bar with the time left on a terminal; elsewhere a line every ten seconds. Always on stderr. */
export async function startProgress(title: string): Promise<ProgressBar> {
  return process.stderr.isTTY ? startBar(title) : startLines(title);
}

async function startBar(title: string): Promise<ProgressBar> {
  const { default: progress } = await import('cli-progress');
  const line = `${title} [{bar}] {percentage} %  {left} left  {remark}`;
  const bar = new progress.SingleBar({ format: line, stream: process.stderr, hideCursor: true, clearOnComplete: true });
  const clock = startClock();
  bar.start(1000, 0, { left: '?', remark: '' });
  return {
    update: (share, remark = '') => bar.update(Math.round(share * 1000), { left: clock.left(share), remark }),
    stop: () => bar.stop(),
  };
}

function startLines(title: string): ProgressBar {
  const clock = startClock();
  let shown = 0;
  return {
    update(share, remark = '') {
      if (clock.seconds() < shown + PLAIN_SECONDS) return;
      shown = clock.seconds();
      say(`${title} ${format.percent(share, 0)}, ${clock.left(share)} left  ${remark}`);
    },
    stop() {},
  };
}

/** Time left by what was done since the first share given, as work may begin in the middle. */
function startClock() {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let first: { share: number; seconds: number } | undefined;
  const left = (share: number) => {
    first ??= { share, seconds: seconds() };
    const done = share - first.share;
    return done > 0 ? format.seconds(((seconds() - first.seconds) * (1 - share)) / done) : '?';
  };
  return { seconds, left };
}

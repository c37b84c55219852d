import { format } from '../base/index.js';
import type { Job, JobEvent, JobProgress, Pace, SweepPlan } from '../sweep/index.js';
import { counted } from './sweep-text.js';
import { say } from './table.js';

/** Shows a sweep under way, on stderr. */
export interface SweepDisplay {
  show(event?: JobEvent): void;
  /** A line that stays. */
  note(line: string): void;
  stop(): void;
}

/** One bar for the whole and a line for each job at work on a terminal; elsewhere plain lines. */
export async function startDisplay(pace: Pace, plan: SweepPlan): Promise<SweepDisplay> {
  return process.stderr.isTTY ? startBars(pace, plan) : startLines(pace, plan);
}

const clock = () => performance.now() / 1000;

function headline(pace: Pace, plan: SweepPlan): string {
  const left = pace.left(clock());
  const failed = pace.failed.size > 0 ? `, ${pace.failed.size} failed` : '';
  const done = plan.gathered.done.length + pace.done.size;
  return `${done} of ${counted(plan.jobs.length, 'job')} done${failed}, ${left === undefined ? '?' : format.seconds(left)} left`;
}

/** What is worth a line that stays. */
function lastingLine(event: JobEvent): string | undefined {
  const { job } = event;
  if (event.kind === 'failed') return `job ${job.number} failed: ${job.name}: ${event.message}`;
  if (event.kind === 'stopped') return `job ${job.number} stopped: ${job.name}`;
  return undefined;
}

/** Jobs at work that a terminal shows. */
const MOST_LINES = 16;

const workerLine = ({ name }: Job, { done, stage, loss }: JobProgress) =>
  `${format.percent(done, 0).padStart(5)}  ${name}: ${stage}${loss === undefined ? '' : `, loss ${loss.toFixed(3)}`}`;

async function startBars(pace: Pace, plan: SweepPlan): Promise<SweepDisplay> {
  const { default: progress } = await import('cli-progress');
  const bars = new progress.MultiBar({
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
    linewrap: false,
  });
  const total = bars.create(
    1000,
    0,
    { text: headline(pace, plan) },
    { format: 'sweep [{bar}] {percentage} %  {text}' },
  );
  const lines: ReturnType<typeof bars.create>[] = [];
  const redraw = () => {
    total.update(Math.floor(1000 * pace.share()), { text: headline(pace, plan) });
    const running = [...pace.running()].map(([job, progress]) => workerLine(job, progress));
    const texts =
      running.length > MOST_LINES
        ? [...running.slice(0, MOST_LINES), `and ${running.length - MOST_LINES} more`]
        : running;
    while (lines.length < texts.length) lines.push(bars.create(1, 0, { text: '' }, { format: '  {text}' }));
    for (const [i, line] of lines.entries()) line.update(0, { text: texts[i] ?? '' });
  };
  const timer = setInterval(redraw, 1000);
  return {
    show(event) {
      const line = event && lastingLine(event);
      if (line !== undefined) bars.log(`${format.plain(line)}\n`);
      redraw();
    },
    note: line => bars.log(`${format.plain(line)}\n`),
    stop() {
      clearInterval(timer);
      bars.stop();
    },
  };
}

const PLAIN_SECONDS = 30;

function startLines(pace: Pace, plan: SweepPlan): SweepDisplay {
  let shown = clock();
  const report = () => {
    shown = clock();
    say(`${format.percent(pace.share(), 0)}: ${headline(pace, plan)}`);
  };
  return {
    show(event) {
      const line = event && lastingLine(event);
      if (line !== undefined) say(format.plain(line));
      if (event?.kind === 'done' || clock() - shown > PLAIN_SECONDS) report();
    },
    note: line => say(format.plain(line)),
    stop() {},
  };
}

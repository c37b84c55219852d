import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Executor, type ExecutorContext, type JobEvent, jobCommand } from './executor.js';
import type { Job } from './jobs.js';
import { loadProgress, newProgress, removeProgress, runFolder, type Watched } from './progress-file.js';

/** Exit codes of a job that a signal stopped, with a checkpoint: 128 and the number of SIGINT or SIGTERM. */
const STOPPED_CODES: readonly unknown[] = [130, 143];

const LOOK_SECONDS = 0.5;

/**
 * Runs jobs on this machine, `workers` at a time, each in a process of one thread: for small shapes two processes do more
 * than one of two threads.
 */
export function createLocalExecutor({ workers }: { readonly workers: number }): Executor {
  return {
    name: 'local',
    async *start(jobs, context) {
      const waiting = [...jobs];
      const running = new Map<Job, Worker>();
      const events = createQueue<JobEvent>();
      const stopAll = () => {
        for (const { process } of running.values()) process.kill('SIGINT');
      };
      context.signal.addEventListener('abort', stopAll, { once: true });
      const look = setInterval(() => {
        for (const worker of running.values()) events.push(...newProgress(worker));
      }, LOOK_SECONDS * 1000);
      try {
        for (;;) {
          while (running.size < workers && waiting.length > 0 && !context.signal.aborted) {
            const worker = startWorker(waiting.shift()!, context, end => events.push(end));
            running.set(worker.job, worker);
            yield { kind: 'started', job: worker.job };
          }
          if (running.size === 0) return;
          const event = await events.next();
          if (event.kind !== 'progress') running.delete(event.job);
          yield event;
        }
      } finally {
        clearInterval(look);
        context.signal.removeEventListener('abort', stopAll);
        stopAll();
      }
    },
  };
}

interface Worker extends Watched {
  readonly process: ChildProcess;
}

/** Starts a job's process; all that it prints goes to `log.txt` of its run folder. */
function startWorker(job: Job, context: ExecutorContext, onEnd: (event: JobEvent) => void): Worker {
  const folder = runFolder(context.out, job);
  mkdirSync(folder, { recursive: true });
  removeProgress(folder); // that of an earlier process
  const log = openSync(join(folder, 'log.txt'), 'w');
  const [program, ...args] = jobCommand(context, job.id);
  // a group of its own, so that Ctrl-C comes through us and once; the channel ends when we end, however that is
  const child = spawn(program, args, {
    detached: true,
    env: { TF_NUM_INTRAOP_THREADS: '1', ...process.env },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  child.once('error', error => onEnd({ kind: 'failed', job, message: error.message }));
  child.once('exit', (code, signal) => onEnd(endOf(job, folder, { code, signal })));
  return { job, process: child, folder, told: '' };
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

function endOf(job: Job, folder: string, { code, signal }: Ending): JobEvent {
  if (code === 0) return { kind: 'done', job };
  if (STOPPED_CODES.includes(code) || signal === 'SIGINT' || signal === 'SIGTERM') return { kind: 'stopped', job };
  if (signal === 'SIGKILL')
    return { kind: 'failed', job, message: 'its process was ended by SIGKILL, as when memory runs out' };
  const report = loadProgress(folder);
  const why = report?.state === 'failed' ? report.message : lastWords(join(folder, 'log.txt'));
  const end = signal === null ? `code ${code}` : signal;
  return { kind: 'failed', job, message: why ?? `its process ended with ${end} and said nothing` };
}

/** The reason that a log ends with: our own sentence or an error's, before its trace; else its last line. */
function lastWords(log: string): string | undefined {
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);
  const reason = lines.findLast(line => /^(shapelaw: (?!a fault of)|\w*Error\b)/.test(line)) ?? lines.at(-1);
  return reason?.replace(/^shapelaw: /, '');
}

/** Events in the order in which they come. */
function createQueue<Item>() {
  const items: Item[] = [];
  let wake = () => {};
  return {
    push(...more: Item[]) {
      items.push(...more);
      wake();
    },
    async next(): Promise<Item> {
      while (items.length === 0) await new Promise<void>(resolve => (wake = resolve));
      return items.shift()!;
    },
  };
}

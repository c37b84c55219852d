import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutorContext, JobEvent } from '../executor.js';
import { newProgress, runFolder, type Watched } from '../progress-file.js';
import { type PlacedJob, slurmFolder } from './arrays.js';
import type { Call } from './call.js';
import { readQueue, type Task } from './queue.js';
import { settle } from './settle.js';

/** A task as it was last seen. */
export interface Followed extends PlacedJob, Watched {
  /** All starts of the task write here. */
  readonly log: string;
  phase: Task['phase'];
  started: boolean;
  /** When Slurm first said that it had ended, seconds. */
  ended: number | undefined;
}

export interface FollowOptions {
  readonly call: Call;
  /** Between two looks at the progress of the runs. */
  readonly tickSeconds: number;
}

interface LookContext extends Pick<ExecutorContext, 'out' | 'onNote'> {
  readonly call: Call;
}

/** The controller is asked less and less often while nothing happens. */
const LONGEST_PAUSE_SECONDS = 30;

const now = () => performance.now() / 1000;

/** Tells what becomes of the jobs until all have ended, or the signal aborts; the tasks go on then. */
export async function* followTasks(
  tasks: readonly PlacedJob[],
  context: ExecutorContext,
  { call, tickSeconds }: FollowOptions,
): AsyncGenerator<JobEvent> {
  const open = new Set(tasks.map(task => toFollowed(task, context)));
  const followed = { out: context.out, call, onNote: tellOnce(context.onNote) };
  let [asked, changed] = [Number.NEGATIVE_INFINITY, now()];
  while (open.size > 0 && !context.signal.aborted) {
    if (now() - asked >= Math.min(LONGEST_PAUSE_SECONDS, (now() - changed) / 5)) {
      for await (const { one, event } of askSlurm([...open], followed)) {
        changed = now();
        if (event.kind !== 'started') open.delete(one);
        yield event;
      }
      asked = now();
    }
    for (const one of open) if (one.phase === 'running') yield* newProgress(one);
    await sleep(tickSeconds * 1000, undefined, { signal: context.signal }).catch(() => {});
  }
}

const toFollowed = (task: PlacedJob, { out }: ExecutorContext): Followed => ({
  ...task,
  folder: runFolder(out, task.job),
  log: `${slurmFolder(out)}/${task.array.id}_${task.place}.log`,
  phase: 'waiting',
  started: false,
  told: '',
  ended: undefined,
});

function tellOnce(tell: (line: string) => void): (line: string) => void {
  const told = new Set<string>();
  return line => {
    if (!told.has(line)) tell(line);
    told.add(line);
  };
}

async function* askSlurm(open: readonly Followed[], context: LookContext) {
  for (const array of new Set(open.map(one => one.array))) {
    const tasks = await readQueue(context.call, array);
    if ('refused' in tasks) {
      context.onNote(`squeue does not answer and is asked again: ${tasks.refused}`);
      continue;
    }
    for (const one of open.filter(one => one.array === array))
      for (const event of await look(one, tasks.get(one.place), context)) yield { one, event };
  }
}

/** What the queue says of a job: news, if any. */
async function look(one: Followed, task: Task | undefined, context: LookContext): Promise<JobEvent[]> {
  if (task === undefined || task.phase === 'ended') {
    one.ended ??= now();
    return settle(one, task, { ...context, seconds: now() - one.ended });
  }
  one.ended = undefined;
  if (task.phase === 'waiting') {
    if (one.phase === 'running') context.onNote(`${one.job.name} is back in the queue`);
    if (!ORDINARY.includes(task.reason)) context.onNote(`array ${one.array.id} waits: ${task.reason}`);
  }
  one.phase = task.phase;
  if (task.phase === 'waiting' || one.started) return [];
  one.started = true;
  return [{ kind: 'started', job: one.job }];
}

/** Reasons to wait that pass by themselves. Source: squeue(1), JOB REASON CODES. */
const ORDINARY = ['BeginTime', 'Cleaning', 'Dependency', 'JobArrayTaskLimit', 'None', 'Priority', 'Resources'];

import { fail } from '../../base/index.js';
import type { Executor, ExecutorContext } from '../executor.js';
import type { Job } from '../jobs.js';
import type { SlurmSettings } from '../schema.js';
import { loadArrays, type PlacedJob, placeJobs, slurmFolder } from './arrays.js';
import { type Call, callSlurm } from './call.js';
import { followTasks } from './follow.js';
import { readQueue } from './queue.js';
import { submitJobs } from './submit.js';

export interface SlurmExecutorOptions {
  readonly settings: SlurmSettings;
  /** Tasks that may run at once; default: as many as the cluster lets. */
  readonly workers?: number;
  /** Default: the commands on the PATH. */
  readonly call?: Call;
  /** Between two looks at the progress of the runs; default 1. */
  readonly tickSeconds?: number;
}

/**
 * Runs jobs as a Slurm job array and follows it. Jobs of an earlier array that are still in the queue are followed too,
 * not submitted again. When the signal aborts the array goes on.
 */
export function createSlurmExecutor(options: SlurmExecutorOptions): Executor {
  const { settings, workers, call = callSlurm, tickSeconds = 1 } = options;
  return {
    name: 'slurm',
    async *start(jobs, context) {
      const queued = await findQueued(jobs, context, call);
      const rest = jobs.filter(job => !queued.some(task => task.job === job));
      const fresh = context.signal.aborted ? [] : await submitJobs(rest, context, { settings, workers, call });
      const tasks = [...queued, ...fresh.flatMap(array => placeJobs(rest, array))];
      const ids = [...new Set(tasks.map(({ array }) => array.id))];
      for (const id of ids)
        context.onNote(noteOf(id, tasks, { isNew: fresh.some(array => array.id === id), ...context }));
      yield* followTasks(tasks, context, { call, tickSeconds });
      if (context.signal.aborted && ids.length > 0)
        context.onNote(
          `array ${ids.join(', ')} goes on: the same command follows it again, 'scancel ${ids.join(' ')}' ends it`,
        );
    },
  };
}

function noteOf(id: string, tasks: readonly PlacedJob[], { isNew, out }: { isNew: boolean; out: string }): string {
  const runs = tasks.filter(({ array }) => array.id === id).length;
  const what = isNew ? 'is submitted' : 'is in the queue already';
  return `array ${id} ${what}: ${runs} ${runs === 1 ? 'run' : 'runs'}, logs in ${slurmFolder(out)}/${id}_*.log`;
}

/** Jobs that wait or run in an array of an earlier call. */
async function findQueued(jobs: readonly Job[], { out }: ExecutorContext, call: Call): Promise<PlacedJob[]> {
  const queued: PlacedJob[] = [];
  for (const array of await loadArrays(out)) {
    const tasks = await readQueue(call, array);
    if ('refused' in tasks)
      fail(`squeue must say what is in the queue before more is put there, got: ${tasks.refused}`);
    queued.push(...placeJobs(jobs, array).filter(({ place }) => (tasks.get(place)?.phase ?? 'ended') !== 'ended'));
  }
  return queued;
}

import type { SubmittedArray } from './arrays.js';
import type { Call } from './call.js';

/** A task of an array as Slurm tells it. */
export interface Task {
  readonly phase: 'waiting' | 'running' | 'ended';
  /** Slurm's own word, e.g. COMPLETED. */
  readonly state: string;
  /** Why it waits, or how it ended; Slurm's own words. */
  readonly reason: string;
}

/** By place in the array. */
export type Tasks = ReadonlyMap<number, Task>;

// Source: squeue(1), JOB STATE CODES. A state that is not listed here is one of a task that waits, such as REQUEUE_HOLD.
const RUNNING = 'COMPLETING CONFIGURING RESIZING RUNNING SIGNALING STAGE_OUT STOPPED SUSPENDED'.split(' ');
const ENDED =
  'BOOT_FAIL CANCELLED COMPLETED DEADLINE FAILED LAUNCH_FAILED NODE_FAIL OUT_OF_MEMORY PREEMPTED REVOKED TIMEOUT'.split(
    ' ',
  );

/**
 * The tasks of an array that Slurm's controller remembers: those in the queue, and those that ended in the last minutes
 * (MinJobAge). Or why it does not say.
 */
export async function readQueue(call: Call, { id, name }: SubmittedArray): Promise<Tasks | { refused: string }> {
  // the name too: ids begin anew on a cluster that was set up again
  const which = [`--jobs=${id}`, `--name=${name}`, '--states=all', '--array'];
  const answer = await call('squeue', ['--noheader', ...which, '--format=%K|%T|%r']);
  if ('refused' in answer) return /invalid job id/i.test(answer.refused) ? new Map() : answer;
  return parseTasks(answer.text);
}

/** How tasks ended, from the accounts; empty on a cluster that keeps none. */
export async function readAccounts(call: Call, array: string): Promise<Tasks> {
  const format = '--format=JobID,State,ExitCode';
  const answer = await call('sacct', ['--noheader', '--parsable2', '--allocations', `--jobs=${array}`, format]);
  return 'refused' in answer ? new Map() : parseTasks(answer.text);
}

/** Lines of PLACE|STATE|REASON. Accounts write ARRAY_PLACE, and go on after a state: 'CANCELLED by 1000'. */
function parseTasks(text: string): Tasks {
  const rows = text.split('\n').map(line => line.trim().split('|'));
  return new Map(
    rows
      .filter(row => row.length === 3)
      .map(([place, states, reason]) => {
        const [state] = states.split(' ');
        const phase = ENDED.includes(state) ? 'ended' : RUNNING.includes(state) ? 'running' : 'waiting';
        return [Number(place.replace(/^\d+_/, '')), { phase, state, reason }];
      }),
  );
}

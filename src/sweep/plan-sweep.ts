import { InputError } from '../base/index.js';
import type { Executor } from './executor.js';
import { expectSeconds, type Timing } from './expect.js';
import { type Gathered, gatherRecords } from './gather.js';
import { costJob, type JobCost } from './job-cost.js';
import { expandSweep, type Job } from './jobs.js';
import type { Sweep } from './load-sweep.js';
import { timeByProbe, timeFromRecords } from './timing.js';

/** A sweep before it starts. */
export interface SweepPlan {
  readonly sweep: Sweep;
  readonly out: string;
  readonly jobs: readonly Job[];
  /** What is there already; its `open` jobs stand in the order in which they should start, the longest first. */
  readonly gathered: Gathered;
  /** By the job's id. */
  readonly costs: ReadonlyMap<string, JobCost>;
  /** Seconds of each job on one thread of this machine, by its id; absent where nothing tells. */
  readonly expected?: ReadonlyMap<string, number>;
  /** Where expected times come from, or why there are none. */
  readonly timeFrom: string;
}

export interface PlanOptions {
  readonly out: string;
  readonly executor: Executor['name'];
  /** What times a few steps in a process of its own. */
  readonly probe: readonly string[];
}

export async function planSweep(sweep: Sweep, { out, executor, probe }: PlanOptions): Promise<SweepPlan> {
  const jobs = expandSweep(sweep);
  const costs = new Map(jobs.map(job => [job.id, costJob(job)]));
  const gathered = await gatherRecords(jobs, { out, sweep: sweep.name });
  const { timing, from } = await findTiming(gathered, { out, executor, probe });
  const expected = timing && expectSeconds(jobs, timing);
  const weight = (job: Job) => expected?.get(job.id) ?? costs.get(job.id)!.flops;
  const open = [...gathered.open].sort((a, b) => weight(b) - weight(a));
  return { sweep, out, jobs, costs, gathered: { ...gathered, open }, expected, timeFrom: from };
}

interface FoundTiming {
  readonly timing?: Timing;
  /** Where from, or why there is none. */
  readonly from: string;
}

async function findTiming(gathered: Gathered, { out, executor, probe }: PlanOptions): Promise<FoundTiming> {
  const { open, file } = gathered;
  if (open.length === 0) return { from: 'nothing is left to do' };
  const measured = timeFromRecords(gathered, out);
  if (measured) return { timing: measured, from: `from ${measured.steps.length} records of this machine in ${file}` };
  if (executor === 'slurm') return { from: 'unknown: no run on a machine like this one yet' };
  try {
    const timing = await timeByProbe(open, probe);
    const shapes = timing.steps.length === 1 ? '1 shape' : `${timing.steps.length} shapes`;
    return { timing, from: `from a probe of ${shapes} on this machine` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { from: `unknown: ${error.message}` };
  }
}

import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { fail, mustBe, unknownName } from '../../base/index.js';
import {
  createLocalExecutor,
  createPace,
  createSlurmExecutor,
  type Executor,
  expandSweep,
  gatherRecords,
  type Job,
  loadSweep,
  type Pace,
  parseSbatch,
  planSweep,
  probeJobs,
  runJob,
  type Sweep,
  type SweepPlan,
  TRAINER_WORK,
} from '../../sweep/index.js';
import { parseNumber } from '../input.js';
import { type Stopped, untilStopped } from '../stop.js';
import { startDisplay } from '../sweep-display.js';
import { counted, planText, summaryText } from '../sweep-text.js';
import { print, printJson, say } from '../table.js';

export interface SweepCommandOptions {
  readonly out?: string;
  readonly workers?: string;
  readonly dryRun?: true;
  readonly executor: string;
  readonly sbatch?: readonly string[];
  readonly job?: string;
  readonly probe?: true;
  readonly json?: true;
}

const CHECK_FAILED = 1;

export async function runSweep(file: string, options: SweepCommandOptions): Promise<void> {
  const sweep = await loadSweep(file);
  const out = resolve(options.out ?? `out/${sweep.name}`);
  if (options.probe) return printJson(await probeJobs(expandSweep(sweep)));
  if (options.job !== undefined) return runOneJob(sweep, out, options.job);
  const executor = createExecutor(sweep, options);
  const self = [process.execPath, ...process.execArgv, process.argv[1]];
  const probe = [...self, 'sweep', file, '--probe'];
  const plan = await planSweep(sweep, { out, executor: executor.name, probe });
  // a cluster takes what it can
  const workers = options.workers || executor.name === 'local' ? parseWorkers(options.workers) : plan.jobs.length;
  if (!options.json) print(planText(plan, workers));
  if (options.dryRun) return options.json ? printJson(planWire(plan)) : undefined;
  const pace = await followJobs(plan, executor, { self, workers });
  await report(plan, pace, options);
}

function parseWorkers(text: string | undefined): number {
  const workers = text === undefined ? availableParallelism() : parseNumber('--workers', text);
  if (!(Number.isInteger(workers) && workers >= 1)) fail(mustBe('--workers', 'a whole number from 1 and up', text));
  return workers;
}

function createExecutor({ says }: Sweep, { executor, workers, sbatch = [] }: SweepCommandOptions): Executor {
  const given = workers === undefined ? undefined : parseWorkers(workers);
  if (executor === 'local') return createLocalExecutor({ workers: given ?? availableParallelism() });
  if (executor !== 'slurm') fail(unknownName('executor', executor, ['local', 'slurm']));
  const settings = { ...says.slurm, sbatch: [...(says.slurm?.sbatch ?? []), ...parseSbatch(sbatch)] };
  return createSlurmExecutor({ settings, workers: given });
}

/** One job in this process: what a worker does, and a task of a job array. */
async function runOneJob(sweep: Sweep, out: string, which: string): Promise<void> {
  const jobs = expandSweep(sweep);
  const job = jobs.find(({ id, number }) => id === which || String(number) === which);
  if (!job) fail(mustBe('--job', `a number in [1, ${jobs.length}] or the id of a job of ${sweep.file}`, which));
  // a worker whose sweep has ended, however that was, has nobody to work for
  process.once('disconnect', () => process.emit('SIGTERM', 'SIGTERM'));
  process.channel?.unref();
  await untilStopped(async signal => {
    const end = await runJob(job, { out, work: TRAINER_WORK, signal });
    say(`job ${job.number} ${end}: ${job.name}`);
    if (end === 'stopped') process.exitCode = (signal.reason as Stopped).exitCode;
  });
}

interface Following {
  /** How this program was started. */
  readonly self: readonly string[];
  readonly workers: number;
}

/** Between two writings of the gathered records. */
const GATHER_SECONDS = 30;

/** Runs what is open and shows it. */
async function followJobs(plan: SweepPlan, executor: Executor, { self, workers }: Following): Promise<Pace> {
  const { sweep, out, gathered, costs, expected = new Map<string, number>() } = plan;
  const weight = ({ id }: Job) => expected.get(id) ?? costs.get(id)!.flops;
  const before = gathered.done.reduce((sum, job) => sum + weight(job), 0);
  const now = () => performance.now() / 1000;
  const inSeconds = expected.size > 0;
  const pace = createPace({ open: gathered.open, weight, inSeconds, before, workers, now: now() });
  if (gathered.open.length === 0) return pace;
  const display = await startDisplay(pace, plan);
  let written = now();
  await untilStopped(async signal => {
    const context = { file: resolve(sweep.file), out, command: self, expected, signal, onNote: display.note };
    for await (const event of executor.start(gathered.open, context)) {
      pace.note(event, now());
      display.show(event);
      if (event.kind === 'progress' || now() - written < GATHER_SECONDS) continue;
      await gatherRecords(plan.jobs, { out, sweep: sweep.name });
      written = now();
    }
    if (signal.aborted) process.exitCode = (signal.reason as Stopped).exitCode;
  }).finally(display.stop);
  return pace;
}

async function report(plan: SweepPlan, { failed }: Pace, options: SweepCommandOptions): Promise<void> {
  const { sweep, jobs, out } = plan;
  const { file, records, open } = await gatherRecords(jobs, { out, sweep: sweep.name });
  const state = (job: Job) => (failed.has(job) ? 'failed' : open.includes(job) ? 'open' : 'done');
  if (options.json) {
    const told = jobs.map(job => ({ ...jobWire(job), state: state(job), message: failed.get(job) }));
    printJson({ sweep: sweep.name, out, jobs: told, records });
  } else if (records.length > 0) print(`\n${summaryText(records, jobs, shortPath(file))}`);
  for (const [job, message] of failed) say(`job ${job.number} failed: ${job.name}: ${message}`);
  if (open.length === 0) return;
  process.exitCode ??= CHECK_FAILED;
  const place = options.out === undefined ? '' : ` --out ${options.out}`;
  say(
    `${jobs.length - open.length} of ${counted(jobs.length, 'job')} done; this goes on: shapelaw sweep ${sweep.file}${place}`,
  );
}

const shortPath = (file: string) => (relative('', file).startsWith('..') ? file : relative('', file));

const jobWire = ({ number, id, name }: Job) => ({ number, id, name });

const planWire = ({ sweep, out, jobs, gathered, costs, expected, timeFrom }: SweepPlan) => ({
  sweep: sweep.name,
  out,
  jobs: jobs.map(job => {
    const { params, nonEmbedding, tokens, steps, flops } = costs.get(job.id)!;
    return {
      ...jobWire(job),
      shape: job.pretrain.shape,
      state: gathered.open.includes(job) ? 'open' : 'done',
      params,
      non_embedding_params: nonEmbedding,
      tokens,
      steps,
      flops,
      expected_seconds: expected?.get(job.id) ?? null,
    };
  }),
  time_from: timeFrom,
});

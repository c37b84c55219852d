import { mean } from 'simple-statistics';
import { format } from '../base/index.js';
import { shapeName } from '../shape/index.js';
import { countWall, type FamilyReport, type Job, type SweepPlan, type SweepRecord } from '../sweep/index.js';
import { formatTable } from './table.js';

// What `shapelaw sweep` says before it starts and when it has ended.

/** The jobs, the families, and what all of it will take. */
export function planText(plan: SweepPlan, workers: number): string {
  const { sweep, jobs, gathered, costs, expected } = plan;
  const open = new Set(gathered.open);
  const rows = jobs.map(job => {
    const { nonEmbedding, tokens, steps, flops } = costs.get(job.id)!;
    const seconds = expected?.get(job.id);
    return [
      String(job.number),
      shapeName(job.pretrain.shape),
      settingsOf(job),
      format.count(nonEmbedding),
      String(steps),
      format.si(tokens),
      format.si(flops, 'FLOP'),
      open.has(job) ? (seconds === undefined ? '?' : format.seconds(seconds)) : 'done',
    ];
  });
  const titles = ['job', 'shape', 'settings', 'N non-emb.', 'steps', 'tokens', 'compute', 'time'];
  return [...sweep.families.map(familyText), table(titles, rows), '', totalText(plan, workers)].join('\n');
}

/** @example counted(2, 'job') // => '2 jobs' */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What a job's name says beside the shape. */
const settingsOf = ({ name }: Job) => name.slice(name.indexOf(', ') + 2);

function familyText({ equal, value, members }: FamilyReport): string {
  const unit = equal === 'params' ? 'non-embedding parameters' : 'FLOPs a step';
  const rows = members.map(({ shape, off, ffRatio, wantedRatio }) => [
    shapeName(shape),
    `${off < 0 ? '' : '+'}${format.percent(off, 2)}`,
    `${format.digits(ffRatio, 3)} (${format.digits(wantedRatio, 3)})`,
  ]);
  const columns = [
    { title: `family of ${format.si(value)} ${unit}`, align: 'left' },
    { title: 'off' },
    { title: 'd_ff / d_model (asked)' },
  ] as const;
  return `${formatTable(columns, rows)}\n`;
}

function totalText({ sweep, jobs, gathered, costs, expected, timeFrom }: SweepPlan, workers: number): string {
  const { open, done } = gathered;
  const flops = open.reduce((sum, { id }) => sum + costs.get(id)!.flops, 0);
  const seconds = expected && open.map(({ id }) => expected.get(id)!);
  const tuning = sweep.says.fine_tune;
  const lines = [
    `${counted(jobs.length, 'job')}, ${done.length} done; ${format.si(flops, 'FLOP')} to go${tuning ? ', fine-tuning not counted' : ''}`,
    ...(tuning
      ? [
          `each point is fine-tuned on ${tuning.tasks.join(', ')} for ${tuning.steps} steps, seeds ${tuning.seeds.join(', ')}`,
        ]
      : []),
    seconds
      ? `time: ${format.seconds(seconds.reduce((sum, each) => sum + each, 0))} of one core, about ` +
        `${format.seconds(countWall(seconds, workers))} with ${counted(workers, 'worker')}; ${timeFrom}`
      : `time: ${timeFrom}`,
  ];
  return lines.join('\n');
}

/** What was measured, small shapes first, and how to fit it. */
export function summaryText(records: readonly SweepRecord[], jobs: readonly Job[], file: string): string {
  const byId = new Map(jobs.map(job => [job.id, job]));
  const tasks = [...new Set(records.flatMap(({ scores = {} }) => Object.keys(scores)))];
  const pretrained = records
    .filter(({ kind }) => kind === 'pretrain')
    .sort((a, b) => a.non_embedding_params! - b.non_embedding_params! || a.tokens - b.tokens || a.seed! - b.seed!);
  const rows = pretrained.map(record => {
    const tuned = records.filter(other => other.job === record.job && other.pretrain_steps === record.planned_steps);
    return [
      String(byId.get(record.job)!.number),
      record.name,
      settingsOf(byId.get(record.job)!),
      format.count(record.non_embedding_params!),
      format.si(record.tokens),
      record.loss?.toFixed(4) ?? 'diverged',
      ...(tasks.length > 0 ? [meanOf(tuned.map(({ combined_score }) => combined_score as number))] : []),
      ...tasks.map(task => meanOf(tuned.flatMap(({ scores }) => scores?.[task] ?? []))),
      format.seconds(record.steps! * record.seconds_per_step!),
    ];
  });
  const scored = tasks.length > 0 ? ['combined', ...tasks] : [];
  const titles = ['job', 'shape', 'settings', 'N non-emb.', 'tokens', 'loss', ...scored, 'training'];
  return [table(titles, rows), '', `records: ${file}`, ...fitHint(pretrained, file)].join('\n');
}

/** Of the seeds of fine-tuning. */
const meanOf = (scores: readonly number[]) => (scores.length === 0 ? '' : mean([...scores]).toFixed(3));

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const left = ['shape', 'settings'];
  return formatTable(
    titles.map(title => ({ title, align: left.includes(title) ? 'left' : 'right' }) as const),
    rows,
  );
}

/** A law of N and D has five constants. */
const LEAST_RUNS = 6;

function fitHint(pretrained: readonly SweepRecord[], file: string): string[] {
  const measured = pretrained.filter(({ loss }) => loss !== undefined);
  const values = (name: string) => new Set(measured.map(record => record[name])).size;
  if (measured.length < LEAST_RUNS || values('non_embedding_params') < 2 || values('tokens') < 2) return [];
  const where = `kind = 'pretrain' and sweep = '${measured[0].sweep}'${measured.length < pretrained.length ? ' and loss > 0' : ''}`;
  return [`fit them: shapelaw fit ${file} --law chinchilla --map N=non_embedding_params,D=tokens --where "${where}"`];
}

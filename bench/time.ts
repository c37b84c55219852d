import { median } from 'simple-statistics';
import { format } from '../src/base/index.js';
import { countFlops, estimateStepTime, estimateStepTimes, findDevice, type ShapeColumns } from '../src/cost/index.js';
import { type Calibration, fitStepTime, predictShapeTime, summariseErrors } from '../src/fit/index.js';
import { loadDataset, numericColumns } from '../src/runs/index.js';
import { NUMBER_FIELDS, preset, type Shape } from '../src/shape/index.js';
import { CLOCKS, calibrateMachine, measureSteps, smallStep, type TimedStep } from '../src/trainer/index.js';
import { gemstoneRows } from './gemstone-steps.js';
import { type MeasuredStep, megatronSteps, mptSteps, t5Generations, t5Steps } from './gpu-steps.js';
import { medianSeconds, type Row, timeRow } from './measure.js';

/** A step beside two predictions of it: ours, and one share of the peak. Any one unit. */
interface Scored {
  readonly name: string;
  readonly measured: number;
  readonly ours: number;
  /** One constant, a share of the peak. */
  readonly share: number;
}

const log = (text: string) => console.error(text);

/** Every error table goes to stderr; the rows hold medians and 90 % quantiles beside those of one share of the peak. */
export async function benchmarks(): Promise<Row[]> {
  return [
    ...(await thisMachine()),
    ...(await gemstoneRows()),
    ...(await published('GPTs on A100 and H100, constants fitted to them', mptSteps)),
    ...(await published('GPTs over tensor and pipeline parallel A100, none seen', megatronSteps)),
    ...(await published('T5 and mT5 on A100, none seen', t5Steps)),
    ...(await published('T5 answers on A100, none seen', t5Generations)),
    ...(await ratiosOfNarang()),
    ...(await ratiosOfTable4()),
    await bulkSpeed(),
  ];
}

/** Shapes and batches that no calibration trains: depth, width, heads, feed-forward, vocabulary, lengths and batch differ. */
const OTHERS = [
  smallStep({ layers: [3, 3], width: [48, 192], heads: [3, 16], batch: [8, 128, 29] }),
  smallStep({ layers: [2, 4], width: [96, 384], heads: [6, 16], batch: [8, 128, 29] }),
  smallStep({ layers: [6, 2], width: [128, 256], heads: [8, 16], batch: [8, 128, 29] }),
  smallStep({ layers: [3, 3], width: [160, 640], heads: [5, 32], batch: [16, 128, 29] }),
  smallStep({ layers: [8, 8], width: [64, 128], heads: [2, 32], batch: [4, 128, 29] }),
  smallStep({ layers: [1, 1], width: [256, 512], heads: [8, 32], vocab: 4096, batch: [16, 128, 29] }),
  smallStep({ layers: [2, 2], width: [320, 1280], heads: [5, 64], batch: [8, 128, 29] }),
  smallStep({ layers: [1, 1], width: [64, 1024], heads: [4, 16], batch: [32, 128, 29] }),
  smallStep({ layers: [8, 8], width: [32, 128], heads: [4, 8], batch: [16, 128, 29] }),
  smallStep({ layers: [4, 4], width: [96, 96], heads: [3, 32], vocab: 1024, batch: [16, 64, 16] }),
  smallStep({ layers: [2, 6], width: [192, 768], heads: [6, 32], batch: [4, 128, 29] }),
  smallStep({ layers: [3, 3], width: [128, 512], heads: [2, 64], batch: [32, 64, 16] }),
  smallStep({ layers: [4, 4], width: [224, 896], heads: [7, 32], batch: [8, 128, 29] }),
  smallStep({ layers: [4, 4], width: [64, 256], heads: [8, 8], vocab: 2048, batch: [8, 256, 57] }),
];

/** Calibrated on eight shapes, asked for fourteen others. */
async function thisMachine(): Promise<Row[]> {
  const { calibration, steps, machine } = await calibrateMachine({
    onProgress: (share, remark) => log(`calibrating ${format.percent(share, 0)}: ${remark}`),
  });
  const others: TimedStep[] = [];
  for await (const step of measureSteps(OTHERS, { clock: CLOCKS.wall })) {
    others.push(step);
    log(`measured ${others.length} of ${OTHERS.length} others`);
  }
  const flops = ({ shape, workload }: TimedStep) => countFlops(shape, workload).trainStep;
  const { constants } = fitStepTime(
    { flops: Float64Array.from(steps, flops) },
    steps.map(({ seconds }) => seconds),
    { replicates: 0 },
  );
  const scored = others.map(step => ({
    name: stepName(step),
    measured: step.seconds,
    ours: secondsOf(calibration, step),
    share: constants.flops * flops(step),
  }));
  const what = `training steps of ${machine.cpu}, ${machine.threads} thread, at other shapes and batches`;
  return [...errorRows(what, scored, format.seconds), rankingRow(what, scored)];
}

const secondsOf = (calibration: Calibration, { shape, workload }: TimedStep) =>
  predictShapeTime(calibration, { shape, workload }, { extrapolate: true }).seconds;

const stepName = ({ shape, workload }: TimedStep) =>
  `${shape.num_layers}+${shape.num_decoder_layers} x ${shape.d_model}, ff ${shape.d_ff}, ${shape.num_heads} heads, ${workload.batch} x ${workload.encLen}`;

/** The peer takes the median share of the peak of the device's steps that ours was fitted to. */
async function published(what: string, load: () => Promise<MeasuredStep[]>): Promise<Row[]> {
  const seen = await mptSteps();
  const shareOf = (device: string) => {
    const shares = seen.filter(step => step.device === device).map(({ measured, atPeak }) => measured / atPeak);
    return median(shares);
  };
  const scored = (await load()).map(({ name, device, measured, predicted, atPeak }) => ({
    name,
    measured,
    ours: predicted,
    share: atPeak * shareOf(device),
  }));
  return errorRows(what, scored, format.seconds);
}

function errorRows(what: string, scored: readonly Scored[], write = format.digits as (x: number) => string): Row[] {
  const errors = (value: (row: Scored) => number) =>
    summariseErrors(Float64Array.from(scored, row => value(row) / row.measured - 1));
  const [ours, share] = [errors(row => row.ours), errors(row => row.share)];
  log(`\n${what}`);
  for (const [i, { name, measured, ours: predicted }] of scored.entries())
    log(`  ${name}: ${write(measured)}, predicted ${write(predicted)} (${format.percent(ours.errors[i])})`);
  return (['median', 'p90'] as const).map(quantile => {
    const peer = Number.isFinite(share[quantile]) ? 100 * share[quantile] : null;
    const mine = 100 * ours[quantile];
    const name = `${what}: ${quantile} error of ${scored.length}; peer one share of the peak`;
    return { name, ours: mine, peer, unit: '%', ratio: peer === null ? null : peer / mine };
  });
}

/** Of the pairs whose measured times differ by over 5 %, the share in the right order. */
function rankingRow(what: string, scored: readonly Scored[]): Row {
  const pairs = scored.flatMap((a, i) => scored.slice(i + 1).map(b => [a, b] as const));
  const apart = pairs.filter(([a, b]) => Math.max(a.measured, b.measured) > 1.05 * Math.min(a.measured, b.measured));
  const right = (value: (row: Scored) => number) =>
    (100 * apart.filter(([a, b]) => value(a) < value(b) === a.measured < b.measured).length) / apart.length;
  const [ours, peer] = [right(row => row.ours), right(row => row.share)];
  const name = `${what}: ${apart.length} pairs over 5 % apart in the right order; peer one share of the peak (larger is better)`;
  return { name, ours, peer, unit: '%', ratio: null };
}

const NARANG = ['Vanilla Transformer', '6 layers', '8 layers', '18 layers', '24 layers'];

/** Steps a second of Narang's depth sweep over the baseline's; equal FLOPs and parameters, so that a share says 1. */
async function ratiosOfNarang(): Promise<Row[]> {
  const { rows, columns } = await loadDataset('narang-2021');
  const sweep = Array.from({ length: rows }, (_, row) => ({
    name: String(columns.model[row]),
    speed: Number(columns.steps_per_s[row]),
    shape: {
      ...preset('base'),
      num_layers: Number(columns.layers[row]),
      num_decoder_layers: Number(columns.layers[row]),
      d_ff: Number(columns.d_ff[row]),
      num_heads: Number(columns.heads[row]),
    },
  })).filter(({ name }) => NARANG.some(begin => name.startsWith(begin)));
  return errorRows(
    "Narang's steps a second over the baseline's, TPU v3; one launch time chosen by them",
    ratios(sweep),
    x => x.toFixed(3),
  );
}

/** Table 4's column over Base's: recalled and printed to a whole number, so shown and not claimed. */
async function ratiosOfTable4(): Promise<Row[]> {
  const table = await loadDataset('tay-2022', { resource: 'table4' });
  const names = ['num_layers', 'num_decoder_layers', 'd_ff', 'd_model', 'd_kv', 'num_heads', 'steps_per_second_stated'];
  const columns = numericColumns(table, names);
  const shapes = Array.from({ length: table.rows }, (_, row) => ({
    name: String(table.columns.model[row]),
    speed: columns.steps_per_second_stated[row],
    shape: {
      ...preset('base'),
      ...Object.fromEntries(names.slice(0, 6).map(name => [name, columns[name][row]])),
    },
  }));
  const base = shapes.findIndex(({ name }) => name === 'Base');
  const ordered = [shapes[base], ...shapes.filter((_, i) => i !== base)];
  return errorRows("Table 4's steps a second over Base's (recalled, not claimed)", ratios(ordered), x => x.toFixed(2));
}

interface Timed {
  readonly name: string;
  readonly speed: number;
  readonly shape: Shape;
}

/** Speeds of all rows over the first's, which is left out; batch 128 on 16 chips. */
function ratios([first, ...rest]: readonly Timed[]): Scored[] {
  const workload = { batch: 128, encLen: 512, decLen: 114 };
  const speed = ({ shape }: Timed) =>
    1 /
    estimateStepTime(shape, workload, { device: findDevice('tpu-v3'), precision: 'bf16', layout: { data: 16 } })
      .seconds;
  const flops = ({ shape }: Timed) => countFlops(shape, workload).trainStep;
  return rest.map(row => ({
    name: row.name,
    measured: row.speed / first.speed,
    ours: speed(row) / speed(first),
    share: flops(first) / flops(row),
  }));
}

const COUNT = 1_000_000;

async function bulkSpeed(): Promise<Row> {
  const base = preset('base');
  const column = (name: (typeof NUMBER_FIELDS)[number]) =>
    Float64Array.from({ length: COUNT }, (_, row) => base[name] + (name === 'num_layers' ? row % 32 : 0));
  const columns = Object.fromEntries(NUMBER_FIELDS.map(name => [name, column(name)])) as unknown as ShapeColumns;
  const options = { device: findDevice('h100'), precision: 'bf16', layout: { data: 8 } } as const;
  const seconds = await medianSeconds(
    () => estimateStepTimes(columns, { batch: 128, encLen: 512, decLen: 114 }, options),
    { repetitions: 5, warmUp: 1 },
  );
  return timeRow('step times of 1000000 shapes', seconds, null);
}

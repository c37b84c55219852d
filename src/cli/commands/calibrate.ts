import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fail, format, mustBe } from '../../base/index.js';
import { findDevice, type Precision, parseDevices, ratesOf, type TimeItem } from '../../cost/index.js';
import {
  type Calibration,
  type CalibrationOptions,
  calibrateSteps,
  calibrationWire,
  fitStepTime,
  type MeasuredStep,
  type StepTimeFit,
} from '../../fit/index.js';
import { numericColumns, toolkitVersion } from '../../runs/index.js';
import type { ClockName, MachineCalibration } from '../../trainer/index.js';
import { parseNumber } from '../input.js';
import { readSteps } from '../measured-steps.js';
import { startProgress } from '../progress.js';
import { loadRuns, type RunOptions, unitOf } from '../runs.js';
import { formatTable, print, printJson, say } from '../table.js';
import { loadYaml } from '../yaml.js';

export interface CalibrateCommandOptions extends RunOptions {
  readonly runs?: string;
  readonly device?: string;
  readonly devices?: string;
  readonly precision: string;
  readonly constants?: string;
  readonly terms?: string;
  readonly seconds: string;
  readonly unit?: string;
  readonly threads?: string;
  readonly clock?: string;
  readonly level: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: true;
}

/** What was fitted, and the rows it was fitted to. */
interface Calibrated {
  readonly name: string;
  readonly fit: StepTimeFit;
  /** What each row is. */
  readonly labels: readonly string[];
  readonly seconds: ArrayLike<number>;
  /** Absent where the terms are the user's own columns: then no shape can be predicted from it. */
  readonly calibration?: Calibration;
  readonly measured?: MachineCalibration;
}

export async function runCalibrate(options: CalibrateCommandOptions): Promise<void> {
  const { out, runs } = options;
  if (out !== undefined && existsSync(out)) say(`${out} is written anew`);
  const result = runs === undefined ? await measureHere(options) : await fitRuns(runs, options);
  if (out !== undefined) await saveCalibration(out, result);
  if (options.json) return printJson(wire(result));
  print(calibrationText(result));
  if (out !== undefined) print(`\nwritten to ${out}: shapelaw cost SHAPE --calibration ${out}`);
}

/** Options that only go with --runs. */
const OF_RUNS = ['device', 'devices', 'constants', 'terms', 'unit', 'map', 'derive', 'where'] as const;

async function measureHere(options: CalibrateCommandOptions): Promise<Calibrated> {
  for (const name of OF_RUNS) if (options[name] !== undefined) fail(`--${name} must go with --runs FILE, got none`);
  const threads = options.threads === undefined ? undefined : parseNumber('--threads', options.threads);
  const { calibrateMachine } = await import('../../trainer/index.js');
  const bar = await startProgress('calibrating');
  try {
    const measured = await calibrateMachine({
      threads,
      ...(options.clock !== undefined && { clock: options.clock as ClockName }),
      onProgress: (share, remark) => bar.update(share, remark),
    });
    const { calibration, steps } = measured;
    return {
      name: calibration.name,
      fit: calibration.fit,
      labels: steps.map(stepLabel),
      seconds: steps.map(({ seconds }) => seconds),
      calibration,
      measured,
    };
  } finally {
    bar.stop();
  }
}

async function fitRuns(runs: string, options: CalibrateCommandOptions): Promise<Calibrated> {
  for (const name of ['threads', 'clock'] as const)
    if (options[name] !== undefined) fail(`--${name} must go without --runs, since nothing is measured then`);
  const table = await loadRuns(runs, options);
  const fitOptions: CalibrationOptions = {
    level: parseNumber('--level', options.level),
    seed: parseNumber('--seed', options.seed),
    ...(options.unit !== undefined && { groups: unitOf(table, options.unit.split(',')) }),
    ...(options.constants !== undefined && { constants: options.constants.split(',') as TimeItem[] }),
  };
  const name = `${table.source.file}${options.device === undefined ? '' : `, ${options.device}`}`;
  if (options.terms !== undefined) {
    if (options.constants !== undefined) fail('calibrate needs one of --terms and --constants, got both');
    const seconds = numericColumns(table, [options.seconds])[options.seconds];
    const fit = fitStepTime(numericColumns(table, options.terms.split(',')), seconds, fitOptions);
    return { name, fit, labels: Array.from(table.rowNumbers, row => `row ${row}`), seconds };
  }
  const device = await chooseDevice(options);
  const precision = options.precision as Precision;
  const steps = readSteps(table, { seconds: options.seconds, precision });
  const calibration = calibrateSteps({ name, rates: ratesOf(device, precision) }, steps, fitOptions);
  return {
    name,
    fit: calibration.fit,
    labels: steps.map(stepLabel),
    seconds: steps.map(({ seconds }) => seconds),
    calibration,
  };
}

async function chooseDevice({ device, devices }: CalibrateCommandOptions) {
  const own = devices === undefined ? [] : parseDevices(await loadYaml(devices), devices);
  if (device === undefined)
    return fail(
      'steps of shapes need --device NAME, whose rates the constants multiply; own columns need --terms, got neither',
    );
  return findDevice(device, own);
}

const stepLabel = ({ shape, workload: { batch, encLen, decLen } }: Pick<MeasuredStep, 'shape' | 'workload'>) =>
  `${shape.num_layers}+${shape.num_decoder_layers} x ${shape.d_model}, ff ${shape.d_ff}, ${shape.num_heads} x ${shape.d_kv}, batch ${batch} x ${encLen}+${decLen}`;

async function saveCalibration(out: string, { calibration, measured }: Calibrated): Promise<void> {
  if (calibration === undefined)
    return fail('--out must go with steps of shapes: constants of own columns cannot predict a shape, got --terms');
  const made = measured && {
    machine: measured.machine,
    steps: measured.steps.map(({ shape, workload, seconds }) => ({ shape, ...workload, seconds })),
    products: measured.products,
  };
  const value = { ...calibrationWire(calibration), toolkit: toolkitVersion(), ...made };
  await writeFile(out, `${JSON.stringify(value, null, 1)}\n`).catch((error: Error) =>
    fail(mustBe('--out', 'a file that can be written', error.message)),
  );
}

function wire({ name, fit, labels, seconds, calibration, measured }: Calibrated) {
  const { constants, intervals, scatter, leaveOneOut, level } = fit;
  return {
    name,
    constants: Object.fromEntries(
      Object.entries(constants).map(([item, value]) => [
        item,
        { value, lo: intervals[item][0], hi: intervals[item][1] },
      ]),
    ),
    level,
    scatter,
    held_out: {
      median: leaveOneOut.median,
      p90: leaveOneOut.p90,
      largest: leaveOneOut.largest,
      rows: labels.map((label, i) => ({ step: label, seconds: seconds[i], error: leaveOneOut.errors[i] })),
    },
    rates: calibration?.rates ?? null,
    ...(measured && {
      machine: measured.machine,
      processor_share: measured.share,
      products: measured.products,
      products_held_out: { median: measured.productErrors.median, p90: measured.productErrors.p90 },
    }),
  };
}

function calibrationText({ name, fit, labels, seconds, calibration, measured }: Calibrated): string {
  const { constants, intervals, leaveOneOut, level } = fit;
  const head = [name, ...(measured && calibration ? [ratesText(calibration, measured)] : [])];
  const constantRows = Object.entries(constants).map(([item, value]) => [
    item,
    format.digits(value, 3),
    intervals[item].map(end => format.digits(end, 3)).join(' to '),
  ]);
  const errorRows = labels.map((label, i) => [
    label,
    format.seconds(seconds[i]),
    format.seconds(seconds[i] * (1 + leaveOneOut.errors[i])),
    format.percent(leaveOneOut.errors[i]),
  ]);
  return [
    ...head,
    '',
    formatTable(
      [
        { title: 'constant', align: 'left' },
        { title: calibration ? 'times' : 'seconds a unit' },
        { title: `${format.percent(level, 0)} interval` },
      ],
      constantRows,
    ),
    'They trade against each other: trust the sum, not one of them.',
    '',
    formatTable(
      [
        { title: 'step, left out of the fit', align: 'left' },
        { title: 'measured' },
        { title: 'predicted' },
        { title: 'error' },
      ],
      errorRows,
    ),
    `held-out error: median ${format.percent(leaveOneOut.median)}, nine in ten under ${format.percent(leaveOneOut.p90)}, largest ${format.percent(leaveOneOut.largest)}`,
  ].join('\n');
}

/** Processor time over time below which other work had the machine. */
const QUIET = 0.9;

function ratesText({ rates }: Calibration, { productErrors, machine, share }: MachineCalibration): string {
  const { peak, reach, half, bandwidth, launch } = rates;
  return [
    `TensorFlow ${machine.tensorflow}: fastest product ${format.si(peak, 'FLOP/s')}, large ones reach ${format.percent(reach, 0)}, half at ${format.digits(half, 3)}`,
    `${format.si(bandwidth, 'B/s')} of memory, ${format.digits(1e6 * launch, 3)} microseconds a kernel; products left out: median error ${format.percent(productErrors.median)}`,
    ...(share < QUIET
      ? [
          `note: other work took ${format.percent(1 - share, 0)} of the time: measure again when the machine is quiet, or with --clock cpu`,
        ]
      : []),
  ].join('\n');
}

import { availableParallelism, cpus } from 'node:os';
import { fail, unknownName } from '../../base/index.js';
import type { Rates } from '../../cost/index.js';
import { type Calibration, calibrateSteps, fitStepTime, type HeldOutErrors } from '../../fit/index.js';
import { loadTensorflow } from '../load-tensorflow.js';
import { measureBandwidth } from './bandwidth.js';
import { CLOCKS, type ClockName } from './clock.js';
import { measureProducts, type TimedProducts } from './products.js';
import { CALIBRATION_STEPS, type CreateEngine, measureSteps, type StepToTime, type TimedStep } from './steps.js';

export interface CalibrateOptions {
  /** Of TensorFlow; default: what loadTensorflow says. */
  readonly threads?: number;
  /** Default: CALIBRATION_STEPS. */
  readonly steps?: readonly StepToTime[];
  /** Default wall; cpu only on one thread. */
  readonly clock?: ClockName;
  readonly create?: CreateEngine;
  /** Share done, in [0, 1], and what was measured last. */
  readonly onProgress?: (share: number, remark: string) => void;
}

/** This machine as the time model knows it, and what it was made from. */
export interface MachineCalibration {
  readonly calibration: Calibration;
  readonly steps: readonly TimedStep[];
  readonly products: readonly TimedProducts[];
  /** Of the products' times, each size left out in turn. */
  readonly productErrors: HeldOutErrors;
  /** Processor time over time, while steps were measured: well below 1, other work had the machine. */
  readonly share: number;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly threads: number;
    readonly tensorflow: string;
  };
}

/**
 * Measures this machine through TensorFlow and calibrates the step-time model to it.
 *
 * 1. products of a dozen sizes give rate, half size and launch; 2. element-wise kernels give the bandwidth;
 * 3. training steps of eight small shapes give the constant of each item.
 */
export async function calibrateMachine(options: CalibrateOptions = {}): Promise<MachineCalibration> {
  const { threads, steps = CALIBRATION_STEPS, clock: named = 'wall', create, onProgress = () => {} } = options;
  if (!Object.hasOwn(CLOCKS, named)) fail(unknownName('clock', named, Object.keys(CLOCKS)));
  const clock = CLOCKS[named];
  const { version, threads: set } = await loadTensorflow({ threads });
  if (named === 'cpu' && set > 1) fail(`clock cpu needs one thread, since it adds up those of all, got ${set}`);
  const machine = { cpu: cpus()[0].model, cores: availableParallelism(), threads: set, tensorflow: version };
  const whole = steps.length + 2;
  onProgress(0, 'matrix products');
  const products = await measureProducts(clock); // 1.
  onProgress(1 / whole, 'element-wise kernels');
  const bandwidth = await measureBandwidth(clock); // 2.
  onProgress(2 / whole, 'training steps');
  const timed: TimedStep[] = [];
  const [wall, cpu] = [CLOCKS.wall(), CLOCKS.cpu()];
  for await (const step of measureSteps(steps, { clock, create })) {
    timed.push(step);
    onProgress((2 + timed.length) / whole, `step ${timed.length} of ${steps.length}`); // 3.
  }
  const share = (CLOCKS.cpu() - cpu) / (CLOCKS.wall() - wall);
  const { rates, errors } = fitRates(products, bandwidth);
  const name = `${machine.cpu}, ${set} thread${set > 1 ? 's' : ''}`;
  return {
    calibration: calibrateSteps({ name, rates }, timed),
    steps: timed,
    products,
    productErrors: errors,
    machine,
    share,
  };
}

/**
 * Time of a run is FLOPs / rate, and half times the FLOPs over each size, a launch a product, and a call: linear in four
 * constants.
 */
function fitRates(runs: readonly TimedProducts[], bandwidth: number): { rates: Rates; errors: HeldOutErrors } {
  const each = (term: (run: TimedProducts) => number) => Float64Array.from(runs, term);
  const flopsOf = ({ m, n, k, count }: TimedProducts) => 2 * m * n * k * count;
  const { constants, leaveOneOut } = fitStepTime(
    {
      flops: each(flopsOf),
      edges: each(({ m, n, k, count }) => 2 * (m * n + n * k + m * k) * count),
      launches: each(({ count }) => count),
      calls: each(() => 1),
    },
    runs.map(({ seconds }) => seconds),
    { replicates: 0, groups: runs.map(({ m, n, k }) => `${m} ${n} ${k}`) },
  );
  const peak = Math.max(...runs.map(run => flopsOf(run) / run.seconds));
  const rates = {
    peak,
    reach: Math.min(1, 1 / constants.flops / peak),
    half: constants.edges / constants.flops,
    bandwidth,
    moves: MOVES,
    launch: Math.max(constants.launches, LEAST_LAUNCH),
    links: {},
    overlap: 0,
    scale: {},
    spread: 1,
  };
  return { rates, errors: leaveOneOut };
}

/** As of GPUs; the constant of element-wise kernels sets it right. */
const MOVES = 4.8;
/** Seconds; below this a kernel's launch cannot be told from noise. */
const LEAST_LAUNCH = 1e-7;

import { availableParallelism, cpus } from 'node:os';
import type { Rates } from '../../cost/index.js';
import { type Calibration, calibrateSteps, fitStepTime, type HeldOutErrors } from '../../fit/index.js';
import { loadTensorflow } from '../load-tensorflow.js';
import { measureBandwidth } from './bandwidth.js';
import { type Clock, WALL_CLOCK } from './clock.js';
import { measureProducts, type TimedProduct } from './products.js';
import { CALIBRATION_STEPS, type CreateEngine, measureSteps, type StepToTime, type TimedStep } from './steps.js';

export interface CalibrateOptions {
  /** Of TensorFlow; default: what loadTensorflow says. */
  readonly threads?: number;
  /** Default: CALIBRATION_STEPS. */
  readonly steps?: readonly StepToTime[];
  readonly clock?: Clock;
  readonly create?: CreateEngine;
  /** Share done, in [0, 1], and what was measured last. */
  readonly onProgress?: (share: number, remark: string) => void;
}

/** This machine as the time model knows it, and what it was made from. */
export interface MachineCalibration {
  readonly calibration: Calibration;
  readonly steps: readonly TimedStep[];
  readonly products: readonly TimedProduct[];
  /** Of the products' times, each size left out in turn. */
  readonly productErrors: HeldOutErrors;
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
  const { threads, steps = CALIBRATION_STEPS, clock = WALL_CLOCK, create, onProgress = () => {} } = options;
  const { version, threads: set } = await loadTensorflow({ threads });
  const machine = { cpu: cpus()[0].model, cores: availableParallelism(), threads: set, tensorflow: version };
  const whole = steps.length + 2;
  const products = await measureProducts(clock); // 1.
  onProgress(1 / whole, 'matrix products');
  const bandwidth = await measureBandwidth(clock); // 2.
  onProgress(2 / whole, 'element-wise kernels');
  const timed: TimedStep[] = [];
  for await (const step of measureSteps(steps, { clock, create })) {
    timed.push(step);
    onProgress((2 + timed.length) / whole, `step ${timed.length} of ${steps.length}`); // 3.
  }
  const { rates, errors } = fitRates(products, bandwidth);
  const name = `${machine.cpu}, ${set} thread${set > 1 ? 's' : ''}`;
  return {
    calibration: calibrateSteps({ name, rates }, timed),
    steps: timed,
    products,
    productErrors: errors,
    machine,
  };
}

/** Time of a product is FLOPs / rate, and half times the FLOPs over each size, and a launch: linear in three constants. */
function fitRates(products: readonly TimedProduct[], bandwidth: number): { rates: Rates; errors: HeldOutErrors } {
  const each = (term: (product: TimedProduct) => number) => Float64Array.from(products, term);
  const flopsOf = ({ m, n, k }: TimedProduct) => 2 * m * n * k;
  const { constants, leaveOneOut } = fitStepTime(
    {
      flops: each(flopsOf),
      edges: each(({ m, n, k }) => 2 * (m * n + n * k + m * k)),
      calls: each(() => 1),
    },
    products.map(({ seconds }) => seconds),
    { replicates: 0 },
  );
  const peak = Math.max(...products.map(product => flopsOf(product) / product.seconds));
  const rates = {
    peak,
    reach: Math.min(1, 1 / constants.flops / peak),
    half: constants.edges / constants.flops,
    bandwidth,
    moves: MOVES,
    launch: Math.max(constants.calls, LEAST_LAUNCH),
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

import { fail } from '../base/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { createEngine } from './create-engine.js';
import type { Engine, EngineOptions } from './engine.js';
import { loadTensorflow, tensorflowMissing } from './load-tensorflow.js';
import { measurePeak } from './peak.js';

/** What runs the numbers; a run repeats to the bit only where these are equal. */
export interface Machine {
  readonly threads: number;
  /** Version of the library. */
  readonly tensorflow: string;
  /** Fastest matmul, FLOP/s. */
  readonly peak: number;
}

export interface MachineOptions {
  readonly threads: number;
  readonly precision: Precision;
  readonly mode?: Mode;
}

/** The two things that a run needs of the machine; tests bring their own. */
export interface Workshop {
  describe(options: MachineOptions): Promise<Machine>;
  createEngine(options: EngineOptions): Promise<Engine>;
}

/**
 * TensorFlow through its native addon. Without that, training is refused unless eager mode is asked for by name: plain
 * JavaScript takes about a hundred times as long.
 */
export const TENSORFLOW: Workshop = {
  describe: async ({ threads, precision, mode }) => {
    const missing = await tensorflowMissing({ threads });
    if (missing !== undefined && mode !== 'eager') fail(missing);
    const tensorflow = missing === undefined ? (await loadTensorflow({ threads })).version : 'plain JavaScript';
    return { threads, tensorflow, peak: await measurePeak({ precision, mode }) };
  },
  createEngine,
};

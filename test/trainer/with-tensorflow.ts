import test, { type ExecutionContext } from 'ava';
import { tensorflowMissing } from '../../src/trainer/load-tensorflow.js';

export type Tf = typeof import('@tensorflow/tfjs-node');

// one thread, so that a test's digits are the same on every number of cores
process.env.TF_NUM_INTRAOP_THREADS = '1';
const missing = await tensorflowMissing();
if (missing) console.log(`skipped: ${missing}`);

/** A test that needs TensorFlow's addon; where that is missing the reason is printed and the test is skipped. */
export const tfTest = (title: string, body: (t: ExecutionContext) => void | Promise<void>) =>
  missing ? test.skip(title, body) : test.serial(title, body);

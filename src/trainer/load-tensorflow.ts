import { availableParallelism } from 'node:os';
import { fail, mustBe } from '../base/index.js';

export type Tensorflow = typeof import('@tensorflow/tfjs-node');

/** What ran the numbers; a run repeats to the bit only where these are equal. */
export interface TensorflowInfo {
  readonly tf: Tensorflow;
  /** Of the native library, e.g. 2.15.1. */
  readonly version: string;
  readonly threads: number;
}

/**
 * TensorFlow's native addon, loaded when first asked for: importing the trainer stays cheap.
 * It prints nothing. Its thread count is fixed by the first call of a process.
 *
 * @param threads that one operation may use, and operations that run at once, in [1, 1024]; default: TF_NUM_INTRAOP_THREADS, or else 1, which is the
 * fastest for small shapes and lets a run repeat on a machine with another number of cores
 */
export async function loadTensorflow({ threads }: { threads?: number } = {}): Promise<TensorflowInfo> {
  const set = fixThreads(threads);
  const tf = await import('@tensorflow/tfjs-node').catch(refuse);
  if (tf.getBackend() !== 'tensorflow') refuse(new Error(`backend ${tf.getBackend()}`));
  return { tf, version: nativeVersion(tf), threads: set };
}

/** Why the addon does not load; undefined where it does, and then it is loaded, with the threads given. */
export async function tensorflowMissing(options: { threads?: number } = {}): Promise<string | undefined> {
  return loadTensorflow(options).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** TensorFlow reads these variables once, when the addon is loaded. */
function fixThreads(threads: number | undefined): number {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 1024))
    fail(mustBe('threads', 'an integer in [1, 1024]', threads));
  const loaded = '_tfengine' in globalThis; // what TensorFlow.js leaves there
  const before = Number(process.env.TF_NUM_INTRAOP_THREADS) || (loaded ? availableParallelism() : 1);
  const set = threads ?? before;
  if (loaded && set !== before)
    fail(`threads must stay the ${before} that TensorFlow was loaded with in this process, got ${threads}`);
  process.env.TF_NUM_INTRAOP_THREADS = String(set);
  process.env.TF_NUM_INTEROP_THREADS = String(set); // else independent operations of a graph use every core
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  return set;
}

function nativeVersion(tf: Tensorflow): string {
  const { binding } = tf.backend() as unknown as { binding?: { TF_Version?: string } };
  return binding?.TF_Version ?? 'unknown';
}

function refuse(error: Error): never {
  const reason = error.message.split('\n')[0].trim().replace(/\.$/, '');
  return fail(`the trainer needs TensorFlow's native addon, which npm run setup builds; got ${reason}`);
}

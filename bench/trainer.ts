import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, fail } from '../src/base/index.js';
import { countFlops } from '../src/cost/index.js';
import type { Shape } from '../src/shape/index.js';
import { bucketMatrix } from '../src/trainer/buckets.js';
import { saveHuggingFace } from '../src/trainer/hugging-face.js';
import { initParams, paramTensors } from '../src/trainer/params.js';
import { learningRates, RECIPE } from '../src/trainer/recipe.js';
import type { Row } from './measure.js';
import { openPeer, openProcess, type Peer } from './peers/python.js';

/** Sequences of a step, encoder and decoder tokens of a sequence. */
interface Work {
  readonly name: string;
  readonly shape: Shape;
  readonly batch: number;
}
const [ENC_LEN, DEC_LEN, VOCAB] = [128, 32, 512];

const work = (d_model: number, layers: number, num_heads: number, batch: number): Work => ({
  name: `T5 of width ${d_model}, ${layers}+${layers} layers, batch ${batch}`,
  batch,
  shape: {
    num_layers: layers,
    num_decoder_layers: layers,
    d_model,
    d_ff: 4 * d_model,
    d_kv: d_model / num_heads,
    num_heads,
    vocab_size: VOCAB,
    feed_forward_proj: 'relu',
    tie_word_embeddings: true,
  },
});
const WORKS = [work(32, 2, 2, 8), work(64, 2, 2, 16), work(128, 4, 4, 32)];
const THREADS = [1, 2];

/** What takes part: a way of one of the processes, `how`, in which it is told to build its step. */
const CONTESTANTS = {
  ours: { process: 'ours', how: 'graph' },
  'ours in bf16': { process: 'ours', how: 'bf16' },
  'ours, eager': { process: 'ours', how: 'eager' },
  'PyTorch, eager': { process: 'torch', how: 'eager' },
  'PyTorch, autocast to bf16': { process: 'torch', how: 'bf16' },
  'PyTorch, torch.compile': { process: 'torch', how: 'compiled' },
  'tf.function of Python': { process: 'tensorflow', how: 'graph' },
} as const;
type Contestant = keyof typeof CONTESTANTS;
const NAMES = Object.keys(CONTESTANTS) as Contestant[];

/** Who is set beside whom. */
const PAIRS: readonly (readonly [Contestant, Contestant])[] = [
  ['ours', 'PyTorch, eager'],
  ['ours', 'PyTorch, torch.compile'],
  ['ours', 'tf.function of Python'],
  ['ours in bf16', 'PyTorch, autocast to bf16'],
  ['ours, eager', 'PyTorch, eager'],
];

const ROUNDS = 5;
const TURN_SECONDS = 0.4;

/**
 * One optimiser step (forward, backward, clip, Adam) of three shapes, as encoder tokens a second: ours and the peers in
 * turn, turn after turn, on one and on two threads. First each takes three steps from the same parameters on the same
 * batch and must show the same losses.
 */
export async function benchmarks(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const threads of THREADS) {
    const processes = openProcesses(threads);
    const results: { work: Work; times: Times }[] = [];
    const peaks: Peaks = {};
    for (const work of WORKS) {
      results.push({ work, times: await contest(work, processes) });
      await raisePeaks(peaks, processes);
    }
    for (const process of Object.values(processes)) process?.close();
    rows.push(...results.flatMap(({ work, times }) => toRows(work, threads, times, peaks)));
  }
  return rows;
}

const inCache = (name: string) => fileURLToPath(new URL(`../.cache/${name}`, import.meta.url));

type Processes = Record<'ours' | 'torch' | 'tensorflow', Peer | null>;

function openProcesses(threads: number): Processes {
  const fixed = { TF_NUM_INTRAOP_THREADS: String(threads) };
  const [register, ours] = ['../register.mjs', 'peers/trainer_ours.ts'].map(file => new URL(file, import.meta.url));
  const env = { THREADS: String(threads), TORCHINDUCTOR_CACHE_DIR: inCache('torch-compiled') };
  return {
    ours: openProcess(process.execPath, ['--import', register.href, fileURLToPath(ours)], fixed),
    torch: openPeer('trainer_torch.py', { packages: ['torch', 'safetensors'], env }),
    tensorflow: openPeer('trainer_tensorflow.py', {
      packages: ['tensorflow-cpu==2.15.1', 'safetensors'],
      venv: inCache('peers-tensorflow'),
      env,
    }),
  };
}
/** FLOP/s of the fastest matrix product in each process: the most of several measurements, since other work slows. */
type Peaks = Partial<Record<keyof Processes, number>>;

async function raisePeaks(peaks: Peaks, processes: Processes): Promise<void> {
  for (const name of ['ours', 'torch'] as const) {
    const answer = (await processes[name]?.ask({ job: 'peak' })) as { flops: number } | null | undefined;
    peaks[name] = Math.max(peaks[name] ?? 0, answer?.flops ?? 0);
  }
}

interface Turn {
  readonly seconds: number;
  readonly cpu: number;
}

/** Of one step, medians over the rounds. */
type Times = Map<Contestant, Turn>;

async function contest(work: Work, processes: Processes): Promise<Times> {
  const taking = await openAll(work, processes);
  const turns = new Map(taking.map(name => [name, [] as Turn[]]));
  const steps = new Map(taking.map(name => [name, 2]));
  const ask = (name: Contestant) => processes[CONTESTANTS[name].process]!;
  for (let round = 0; round <= ROUNDS; round++)
    for (const name of taking) {
      const count = steps.get(name)!;
      const { seconds, cpu } = (await ask(name).ask({ job: 'run', name, steps: count })) as Turn;
      if (round === 0)
        steps.set(name, Math.ceil((TURN_SECONDS * count) / seconds)); // the first is for the length alone
      else turns.get(name)!.push({ seconds: seconds / count, cpu: cpu / count });
    }
  for (const process of Object.values(processes)) await process?.ask({ job: 'close' });
  return new Map([...turns].map(([name, all]) => [name, medianTurn(all)]));
}

const medianTurn = (turns: readonly Turn[]): Turn => ({
  seconds: median(turns.map(({ seconds }) => seconds)),
  cpu: median(turns.map(({ cpu }) => cpu)),
});

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

interface Opened {
  readonly losses?: readonly number[];
  readonly error?: string;
}

/** Those that run here, each built and seen to compute the same. */
async function openAll({ name: title, shape, batch }: Work, processes: Processes): Promise<Contestant[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-bench-'));
  try {
    const job = await describe(shape, batch, folder);
    const taking: Contestant[] = [];
    let expected: readonly number[] | undefined;
    for (const name of NAMES) {
      const { process, how } = CONTESTANTS[name];
      const answer = (await processes[process]?.ask({ job: 'open', name, how, ...job })) as Opened | null;
      if (answer?.error) console.error(`${name} does not run here: ${answer.error}`);
      if (!answer?.losses) continue;
      expected ??= answer.losses;
      checkLosses(answer.losses, expected, how === 'bf16' ? 0.05 : 1e-3, `${title}: losses of ${name}`);
      taking.push(name);
    }
    return taking;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function checkLosses(losses: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  if (!losses.every((loss, i) => Math.abs(loss - expected[i]) < tolerance))
    fail(`${what} must be ours, ${expected.join(', ')}, got ${losses.join(', ')}`);
}

/** Parameters in a file, one batch without padding, and the recipe. */
async function describe(shape: Shape, batch: number, folder: string) {
  const tensors = paramTensors(shape);
  const values = initParams(tensors, 1);
  await saveHuggingFace(folder, {
    shape,
    params: new Map(tensors.map(({ name, from, to }) => [name, values.subarray(from, to)])),
  });
  const random = createRandom(2);
  const rows = (length: number) =>
    Array.from({ length: batch }, () => Array.from({ length }, () => 3 + random.integer(VOCAB - 3)));
  const targets = rows(DEC_LEN);
  const rates = learningRates(shape);
  const square = (length: number, both: boolean) => {
    const flat = bucketMatrix(length, both);
    return Array.from({ length }, (_, row) => [...flat.subarray(row * length, (row + 1) * length)]);
  };
  return {
    shape,
    folder,
    weights: join(folder, 'model.safetensors'),
    encoder: rows(ENC_LEN),
    decoder: targets.map(row => [0, ...row.slice(0, -1)]),
    targets,
    recipe: RECIPE,
    groups: tensors.map(({ name, group }) => [rates[group], [name]]),
    buckets: { encoder: square(ENC_LEN, true), decoder: square(DEC_LEN, false) },
  };
}

function toRows({ name, shape, batch }: Work, threads: number, times: Times, peaks: Peaks): Row[] {
  const title = `${name}, ${threads} thread${threads > 1 ? 's' : ''}`;
  const rate = (seconds: number) => (batch * ENC_LEN) / seconds;
  const cpu = ({ cpu }: Turn) => `${(1000 * cpu).toFixed(1)} ms`;
  const speeds = PAIRS.flatMap(([us, them]): Row[] => {
    const [ours, peer] = [times.get(us), times.get(them)];
    if (!ours) return [];
    const told = `CPU a step ${cpu(ours)}${peer ? `, theirs ${cpu(peer)}` : ''}`;
    const row = { name: `${title}: ${us}; peer ${them}; ${told}`, ours: rate(ours.seconds), unit: 'tokens/s' };
    return [{ ...row, peer: peer ? rate(peer.seconds) : null, ratio: peer ? peer.seconds / ours.seconds : null }];
  });
  const flops = countFlops(shape, { batch, encLen: ENC_LEN, decLen: DEC_LEN }, 'torch').trainStep;
  const share = (turn: Turn | undefined, peak: number | undefined) =>
    turn && peak ? (100 * flops) / turn.seconds / peak : null;
  const ours = share(times.get('ours'), peaks.ours);
  const peer = share(times.get('PyTorch, eager'), peaks.torch);
  const shares = `${title}: share of the own library's matmul peak; peer PyTorch, eager`;
  return ours === null ? speeds : [...speeds, { name: shares, ours, peer, unit: '% of peak', ratio: null }];
}

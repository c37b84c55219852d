// Our trainer in a process of its own, for bench/trainer.ts: the jobs of trainer_serve.py.
import { createInterface } from 'node:readline';
import type { Batch } from '../../src/trainer/batch.js';
import { createEngine } from '../../src/trainer/create-engine.js';
import type { Engine } from '../../src/trainer/engine.js';
import { loadHuggingFace } from '../../src/trainer/hugging-face.js';
import { measurePeak } from '../../src/trainer/peak.js';

export type How = 'graph' | 'bf16' | 'eager';

interface Open {
  readonly folder: string;
  readonly how: How;
  readonly encoder: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
}

const FIRST_STEPS = 3;
const steps = new Map<string, { take: () => number; engine: Engine }>();

async function open(name: string, { folder, how, encoder, targets }: Open) {
  const { shape, params } = await loadHuggingFace(folder);
  const [size, encLen, decLen] = [encoder.length, encoder[0].length, targets[0].length];
  const engine = await createEngine({
    shape,
    seed: 0,
    train: { batch: size, encLen, decLen },
    precision: how === 'bf16' ? 'bf16' : 'fp32',
    mode: how === 'eager' ? 'eager' : 'graph',
  });
  engine.setParams(params);
  const batch: Batch = {
    size,
    encLen,
    decLen,
    encoder: Int32Array.from(encoder.flat()),
    targets: Int32Array.from(targets.flat()),
  };
  const take = () => engine.step([batch], 1);
  steps.set(name, { take, engine });
  return { losses: Array.from({ length: FIRST_STEPS }, take) };
}

function run(name: string, count: number) {
  const { take } = steps.get(name)!;
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  let loss = Number.NaN;
  for (let i = 0; i < count; i++) loss = take();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, loss };
}

function close() {
  for (const { engine } of steps.values()) engine.dispose();
  steps.clear();
  return {};
}

for await (const line of createInterface({ input: process.stdin })) {
  const { job, name, ...rest } = JSON.parse(line);
  const answers = {
    open: () => open(name, rest),
    run: () => run(name, rest.steps),
    peak: async () => ({ flops: await measurePeak({ precision: 'fp32' }) }),
    close,
  };
  console.log(JSON.stringify(await answers[job as keyof typeof answers]()));
}

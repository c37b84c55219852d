import test from 'ava';
import { InputError, pickRows } from '../../src/base/index.js';
import { findDevice } from '../../src/cost/index.js';
import { findLaw } from '../../src/law/index.js';
import { type PlanOptions, solvePlan, TESTED_REACH } from '../../src/plan/index.js';
import { PRESETS } from '../../src/shape/index.js';
import { STAGE, TINY_SPACE } from './runs.js';

const OPTIONS: PlanOptions = {
  stage: STAGE,
  space: TINY_SPACE,
  workload: { batch: 8, encLen: 96, decLen: 24 },
  replicates: 40,
  budget: { flops: 3e16 },
};
const BOUND: PlanOptions = {
  ...OPTIONS,
  budget: { flops: 1e17 },
  constraints: { maxLayers: 9, memoryBytes: 6e7, uniqueTokens: 9e8 },
};

test('the choice is ahead of every alternative, and the draws are paired', t => {
  const { choice, alternatives, band } = solvePlan({ ...OPTIONS, budget: { flops: 1e16 } });
  t.deepEqual(choice.behind.loss, { value: 0, lo: 0, hi: 0 });
  t.true(alternatives.length > 0 && band.shapes > alternatives.length);
  for (const { loss, behind, name } of alternatives) {
    t.true(behind.loss.value > 0 && behind.loss.value <= choice.loss.value * 1e-3, name);
    t.true(Math.abs(behind.loss.value - (loss.value - choice.loss.value)) < 1e-12);
    // independent draws would differ by as much as a loss is uncertain
    t.true(behind.loss.hi - behind.loss.lo < (loss.hi - loss.lo) / 3, name);
  }
});

test('alternatives are the ends of the band', t => {
  const { choice, alternatives, band } = solvePlan({ ...OPTIONS, budget: { flops: 1e16 } });
  const all = [choice, ...alternatives];
  t.is(Math.min(...all.map(({ params }) => params)), band.params[0]);
  const layers = all.map(({ shape }) => shape.num_layers + shape.num_decoder_layers);
  t.deepEqual([Math.min(...layers), Math.max(...layers)], [...band.layers]);
});

test('the same seed gives the same plan, to the digit', t => {
  t.deepEqual(solvePlan({ ...BOUND, seed: 3 }), solvePlan({ ...BOUND, seed: 3 }));
});

test('a shadow price is the loss of solving again, less that of the plan', t => {
  const plan = solvePlan(BOUND);
  const before = plan.choice.loss.value;
  const again = (changed: Partial<PlanOptions>) => solvePlan({ ...BOUND, ...changed }).choice.loss.value - before;
  const eased = {
    budget: { budget: { flops: 1.1e17 } },
    maxLayers: { constraints: { ...BOUND.constraints, maxLayers: 9.9 } },
    memoryBytes: { constraints: { ...BOUND.constraints, memoryBytes: 6.6e7 } },
    uniqueTokens: { constraints: { ...BOUND.constraints, uniqueTokens: 9.9e8 } },
  };
  t.deepEqual(
    plan.sensitivities.map(({ constraint }) => constraint),
    ['budget', 'memoryBytes', 'uniqueTokens', 'maxLayers'],
  );
  for (const { constraint, change, text } of plan.sensitivities) {
    const difference = again(eased[constraint as keyof typeof eased]);
    t.true(Math.abs(change - difference) < 1e-12, `${constraint}: ${change} and ${difference}`);
    t.regex(text, change < 0 ? /^10 % more .* would buy [\d.]+ nats$/ : /would buy nothing$/);
  }
  t.true(plan.sensitivities.some(({ change }) => change < 0));
  t.true(plan.sensitivities.some(({ change }) => change === 0));
});

test('the share of the budget at which the choice equals the named size is that at which it does', t => {
  const options: PlanOptions = { ...OPTIONS, space: { ...TINY_SPACE, vocab_size: 32128 }, budget: { flops: 1e17 } };
  const { replaces, choice } = solvePlan(options);
  t.is(replaces!.planned.params, PRESETS[replaces!.name as 'mini'].params);
  t.is(replaces!.paramsShare, choice.params / replaces!.planned.params);
  const space = {
    ...TINY_SPACE,
    vocab_size: 32128,
    num_layers: [choice.shape.num_layers],
    num_decoder_layers: [choice.shape.num_decoder_layers],
    d_model: [choice.shape.d_model],
    ffRatio: [choice.shape.d_ff / choice.shape.d_model],
    d_kv: [choice.shape.d_kv],
    innerRatio: [(choice.shape.num_heads * choice.shape.d_kv) / choice.shape.d_model],
  };
  const at = (share: number) =>
    solvePlan({ ...options, space, reach: Infinity, budget: { flops: 1e17 * share } }).choice.loss.value;
  t.true(replaces!.budgetShare! < 1);
  t.true(Math.abs(at(replaces!.budgetShare! * 1.0001) / replaces!.planned.loss.value - 1) < 1e-4);
});

test('where the runs put the best shape holds the choice', t => {
  const { spread, choice } = solvePlan(OPTIONS);
  t.true(spread.params[0] <= choice.params * 1.11 && choice.params <= spread.params[1] * 1.11);
  t.true(spread.tokens[0] <= spread.tokens[1]);
});

test('a plan beyond the measured runs is refused, and with more reach allowed with a warning', t => {
  const far = { ...OPTIONS, budget: { flops: 1e20 } };
  const error = t.throws(() => solvePlan(far), { instanceOf: InputError });
  t.regex(
    error!.message,
    /^a plan must stay within the measured runs \(N 1\.00M to 1\.00B, D .*\), got a best shape beyond: D [\d.]+ times/,
  );
  const { choice, warnings } = solvePlan({ ...far, reach: TESTED_REACH });
  t.true(choice.beyond.D > 1);
  t.regex(warnings.join('\n'), /extrapolated: the plan lies beyond the measured runs, D [\d.]+ times/);
});

test('beyond its reach a law is not followed, and that is said', t => {
  const small = Array.from(STAGE.columns.N, (N, row) => (N <= 2e7 ? row : -1)).filter(row => row >= 0);
  const stage = { ...STAGE, columns: pickRows(STAGE.columns, small) };
  const { choice, warnings } = solvePlan({ ...OPTIONS, stage, budget: { flops: 1e18 }, reach: 1.2 });
  t.true(choice.params > 2e7 && choice.params <= 2.4e7);
  t.regex(warnings.join('\n'), /the plan lies beyond the measured runs, N 1\.[12]\d* times/);
  t.regex(
    warnings.join('\n'),
    /a smaller loss is predicted further than 1\.2 times beyond the runs \(N 1\.6\d* times\)/,
  );
});

test('a law of one training length needs the tokens of its runs, and gets them', t => {
  const columns = {
    num_layers: Float64Array.of(2, 4, 6, 8, 12, 16, 24),
    num_decoder_layers: Float64Array.of(2, 4, 6, 8, 12, 16, 24),
    d_model: Float64Array.of(128, 192, 256, 320, 192, 128, 384),
    d_ff: Float64Array.of(256, 384, 768, 640, 576, 256, 960),
    d_kv: Float64Array.of(16, 32, 32, 16, 32, 16, 32),
    num_heads: Float64Array.of(8, 6, 8, 40, 6, 8, 12),
    vocab_size: new Float64Array(7).fill(3001),
    loss: Float64Array.of(4.2, 3.7, 3.4, 3.2, 3.15, 3.3, 2.8),
  };
  const stage = { columns, law: findLaw('t5-shape'), prior: 'none' } as const;
  t.throws(() => solvePlan({ ...OPTIONS, stage }), {
    instanceOf: InputError,
    message: 't5-shape says nothing of the length of training: a plan by it needs the tokens of its runs, got none',
  });
  const { choice } = solvePlan({ ...OPTIONS, stage, constraints: { tokens: 1e8 } });
  t.is(choice.steps, Math.ceil(1e8 / (8 * 96)));
  t.true(choice.flops <= 3e16);
});

test('a law that reads what no plan knows is refused by the name of its input', t => {
  const stage = { columns: { x: Float64Array.of(1, 2), loss: Float64Array.of(3, 2) }, law: findLaw('power') };
  t.throws(() => solvePlan({ ...OPTIONS, stage }), {
    instanceOf: InputError,
    message: /^power must read what a plan knows of a shape: unknown input "x"; did you mean/,
  });
});

const refused: readonly [title: string, options: Partial<PlanOptions>, message: RegExp][] = [
  [
    'no shape fits',
    { constraints: { memoryBytes: 1e3 } },
    /got none of 432 \(.*memory: none \(the least is .* times too much\)\)$/,
  ],
  ['a budget of nothing', { budget: { flops: 0 } }, /^budget: flops must be a positive number, got 0$/],
  ['hours without a device', { budget: { deviceHours: 3 } }, /^a budget of time or money needs a device, got none$/],
  ['speed without a device', { constraints: { minStepsPerSecond: 3 } }, /^a limit on steps per second needs a device/],
  ['epochs of no text', { constraints: { epochs: 3 } }, /^a limit on epochs needs the number of different tokens/],
  ['a reach below 1', { reach: 0.5 }, /^reach must be 1 or more, got 0.5$/],
  [
    'dollars without a price',
    { budget: { usd: 3 }, machine: { device: findDevice('mi250x'), devices: 1 } },
    /^a budget in dollars needs a price an hour for mi250x, got none$/,
  ],
];
for (const [title, options, message] of refused)
  test(`solvePlan() refuses in one line: ${title}`, t => {
    const error = t.throws(() => solvePlan({ ...OPTIONS, ...options }), { instanceOf: InputError, message });
    t.false(error!.message.includes('\n'));
  });

import test from 'ava';
import { type Columns, pickRows } from '../../src/base/index.js';
import { fitStepTime, predictStepTime, summariseErrors } from '../../src/fit/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';

const table = await loadDataset('gemstones-2025', { derive: { batch_tokens: 'tokens / step' } });
const columns = numericColumns(table, ['width', 'depth', 'params', 'nodes', 'seconds_per_step', 'batch_tokens']);
const shapes = firstOfEachShape();

/** One row a shape: seconds per step is one number of each. */
function firstOfEachShape(): Columns {
  const seen = new Map<string, number>();
  columns.width.forEach((width, row) => {
    const shape = `${width}x${columns.depth[row]}`;
    if (!seen.has(shape)) seen.set(shape, row);
  });
  return pickRows(columns, [...seen.values()]);
}

/** Entries of the two embedding tables: params of a width are linear in depth, and this is what is left at depth 0. */
const VOCABULARY = 50304;

/** Work of a node: FLOPs of the layers' products, element-wise numbers, all-reduced numbers, tokens (with the head). */
function work({ width, depth, params, nodes, batch_tokens }: Columns): Columns {
  const each = (term: (row: number) => number) => width.map((_, row) => term(row));
  return {
    matmul: each(row => (6 * (params[row] - 2 * VOCABULARY * width[row]) * batch_tokens[row]) / nodes[row]),
    elementwise: each(row => (width[row] * depth[row] * batch_tokens[row]) / nodes[row]),
    all_reduce: each(row => params[row] * Math.log2(nodes[row])),
    tokens: each(row => batch_tokens[row] / nodes[row]),
  };
}

const terms = work(shapes);
const seconds = shapes.seconds_per_step;

test('four constants give the step times of 22 Gemstones shapes left out, within 4 % in the median and 8 % in 9 of 10', t => {
  const { median, p90 } = fitStepTime(terms, seconds, { replicates: 0 }).leaveOneOut;
  t.true(median < 0.04 && p90 < 0.08, `${median} ${p90}`);
});

// SciPy 1.17.1: nnls on the same Gauss-Newton steps, 100 rounds
test("the constants are SciPy's", t => {
  const { constants } = fitStepTime(terms, seconds, { replicates: 0 });
  const scipy = {
    matmul: 8.39651041e-16,
    elementwise: 2.22703675e-10,
    all_reduce: 7.44804697e-11,
    tokens: 4.46691877e-7,
  };
  for (const [name, value] of Object.entries(scipy)) t.true(Math.abs(constants[name] / value - 1) < 1e-6, name);
});

test('one constant, the share of the peak, is eight times worse', t => {
  const { median, p90 } = fitStepTime({ matmul: terms.matmul }, seconds, { replicates: 0 }).leaveOneOut;
  t.true(median > 0.25 && p90 > 0.6, `${median} ${p90}`);
});

test('widths left out together are predicted as well', t => {
  const { median, p90 } = fitStepTime(terms, seconds, { groups: [...shapes.width], replicates: 0 }).leaveOneOut;
  t.true(median < 0.045 && p90 < 0.09, `${median} ${p90}`);
});

/** Fitted on the rows that `keeps` takes, errors on the others, and the share of them inside the interval. */
function heldOut(keeps: (row: number) => boolean) {
  const rows = [...seconds.keys()];
  const kept = rows.filter(keeps);
  const fit = fitStepTime(
    pickRows(terms, kept),
    Float64Array.from(kept, row => seconds[row]),
  );
  const left = rows.filter(row => !keeps(row));
  const predictions = left.map(row =>
    predictStepTime(fit, Object.fromEntries(Object.entries(terms).map(([name, values]) => [name, values[row]])), {
      extrapolate: true,
    }),
  );
  const errors = Float64Array.from(predictions, ({ seconds: predicted }, i) => predicted / seconds[left[i]] - 1);
  const covered = predictions.filter(
    ({ interval: [low, high] }, i) => seconds[left[i]] >= low && seconds[left[i]] <= high,
  );
  return { ...summariseErrors(errors), coverage: covered.length / left.length };
}

test('when width goes beyond what was measured the median error stays under 7 %, and the intervals cover', t => {
  const { median, coverage } = heldOut(row => shapes.width[row] <= 1280);
  t.true(median < 0.07 && coverage >= 0.8, `${median} ${coverage}`);
});

test('beyond the node counts that were measured the interval widens to cover', t => {
  const { coverage, median } = heldOut(row => shapes.nodes[row] <= 16);
  t.true(coverage >= 0.8, `${median} ${coverage}`);
});

test('more than twice the work that was measured is refused', t => {
  const fit = fitStepTime(terms, seconds, { replicates: 20 });
  const row = Object.fromEntries(Object.entries(terms).map(([name, values]) => [name, 3 * Math.max(...values)]));
  t.throws(() => predictStepTime(fit, row), {
    message: 'matmul must be at most 2 times what was measured, got 3.00 times',
  });
});

test('constants never fall below 0, and noise-free times are given back', t => {
  const made = seconds.map((_, row) => 2e-16 * terms.matmul[row] + 1e-7 * terms.tokens[row]);
  const { constants, leaveOneOut } = fitStepTime(terms, made, { replicates: 0 });
  t.true(Object.values(constants).every(value => value >= 0));
  t.true(Math.abs(constants.matmul / 2e-16 - 1) < 1e-6 && Math.abs(constants.tokens / 1e-7 - 1) < 1e-6);
  t.true(leaveOneOut.largest < 1e-6);
});

test('step times that are none are refused by their row', t => {
  const wrong = Float64Array.from(seconds);
  wrong[3] = 0;
  t.throws(() => fitStepTime(terms, wrong), { message: 'seconds in row 4 must be a positive number, got 0' });
  t.throws(() => fitStepTime(pickRows(terms, [0, 1, 2]), seconds.slice(0, 3)), {
    message: 'step time needs more groups than its 4 constants, got 3',
  });
});

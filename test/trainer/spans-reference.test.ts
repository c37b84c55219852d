import { readFileSync } from 'node:fs';
import test from 'ava';
import { createRandom } from '../../src/base/index.js';
import { corruptSpans, noiseMask, planSpans, type SpanPlan, spanLengths } from '../../src/trainer/spans.js';

// Against T5's algorithm in NumPy, with another generator of random numbers: test/trainer/fixtures/spans_reference.py.

interface Statistics {
  readonly window: number;
  readonly noise: number;
  readonly spans: number;
  readonly masks: number;
  /** Which spans of a mask the counts of lengths are of. */
  readonly picks: readonly number[];
  /** Masks by the length of the picked span: [pick][length]. */
  readonly kept: readonly number[][];
  readonly cut: readonly number[][];
  /** Masks that cut the token at a position. */
  readonly positions: readonly number[];
}

const reference: {
  readonly lengths: readonly [noise: number, spans: number][];
  readonly lengths_float32: readonly [noise: number, spans: number][];
  readonly helper: readonly [window: number, targets: number][];
  readonly helper_from: number;
  readonly statistics: readonly Statistics[];
  readonly examples: readonly Record<'ids' | 'mask' | 'encoder' | 'targets', number[]>[];
  readonly chi2_999: readonly number[];
} = JSON.parse(readFileSync(new URL('fixtures/spans_reference.json', import.meta.url), 'utf8'));

const lengths = () => reference.lengths.map((_, i) => [spanLengths(i + 2).noise, spanLengths(i + 2).spans]);

test('spanLengths(window) cuts as many tokens in as many spans as the mask of FlaxDataCollatorForT5MLM', t => {
  t.deepEqual(lengths(), reference.lengths);
});

test("T5's own mask, in float32, cuts one token more where its window has 190, 350, ... tokens", t => {
  // 190 * 0.15 is 28.5 or a little more; T5's random_spans_helper and we take 28, so that no batch is ragged
  const differ = lengths().flatMap(([noise], i) => (noise === reference.lengths_float32[i][0] ? [] : [i + 2]));
  t.deepEqual(differ, [190, 350, 390, 670, 710, 750, 790, 830]);
});

test("planSpans(encLen) gives the window and decLen of T5's random_spans_helper", t => {
  // below 10 tokens the helper counts no span, while the mask has one
  for (let encLen = 10; encLen <= 1024; encLen++) {
    const { window, decLen } = planSpans(encLen);
    t.deepEqual([window, decLen], reference.helper[encLen - reference.helper_from], `${encLen}`);
  }
});

test("corruptSpans() writes the inputs and targets of T5's preprocessors", t => {
  for (const { ids, mask, encoder, targets } of reference.examples)
    t.deepEqual(
      corruptSpans(ids, mask, k => 999 - k),
      { encoder, targets },
    );
});

/** Lengths of the runs of a mask: kept, cut, kept, ... */
function runLengths(mask: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let i = 0; i < mask.length; i++)
    if (i > 0 && mask[i] === mask[i - 1]) lengths[lengths.length - 1]++;
    else lengths.push(1);
  return lengths;
}

function measure(plan: SpanPlan, { masks, picks }: Statistics): Pick<Statistics, 'kept' | 'cut' | 'positions'> {
  const random = createRandom(11);
  const kept = picks.map((): number[] => []);
  const cut = picks.map((): number[] => []);
  const positions = new Array<number>(plan.window).fill(0);
  const add = (counts: number[], length: number) => {
    counts[length] = (counts[length] ?? 0) + 1;
  };
  for (let n = 0; n < masks; n++) {
    const mask = noiseMask(plan, random);
    const lengths = runLengths(mask);
    picks.forEach((pick, i) => {
      add(kept[i], lengths[2 * pick]);
      add(cut[i], lengths[2 * pick + 1]);
    });
    for (let i = 0; i < mask.length; i++) positions[i] += mask[i];
  }
  return { kept, cut, positions };
}

/** Chi-square of two counts of equally many masks, as a share of its 99.9 % quantile; lengths that are rare count as one. */
function chiSquareShare(ours: readonly number[], theirs: readonly number[]): number {
  const bins: [number, number][] = [];
  let rest: [number, number] = [0, 0];
  for (let length = 0; length < Math.max(ours.length, theirs.length); length++) {
    rest = [rest[0] + (ours[length] ?? 0), rest[1] + (theirs[length] ?? 0)];
    if (rest[0] + rest[1] < 20) continue;
    bins.push(rest);
    rest = [0, 0];
  }
  bins[bins.length - 1] = [bins.at(-1)![0] + rest[0], bins.at(-1)![1] + rest[1]];
  const chiSquare = bins.reduce((sum, [a, b]) => sum + (a - b) ** 2 / (a + b), 0);
  return chiSquare / reference.chi2_999[bins.length - 1];
}

for (const theirs of reference.statistics)
  test(`noiseMask() of ${theirs.window} tokens has the span lengths and positions of T5's, by chi-square and z`, t => {
    const ours = measure(spanLengths(theirs.window), theirs);
    for (const side of ['kept', 'cut'] as const)
      theirs.picks.forEach((pick, i) => {
        t.true(chiSquareShare(ours[side][i], theirs[side][i]) < 1, `${side} span ${pick}`);
      });
    const scores = theirs.positions.map((count, i) => {
      const share = (count + ours.positions[i]) / (2 * theirs.masks);
      return share % 1 === 0
        ? count - ours.positions[i]
        : (count - ours.positions[i]) / Math.sqrt(2 * theirs.masks * share * (1 - share));
    });
    t.true(Math.max(...scores.map(Math.abs)) < 4.5);
  });

test('the comparison tells 25 spans from 28', t => {
  const theirs = reference.statistics.find(({ window }) => window === 568)!;
  const ours = measure({ ...spanLengths(568), spans: 25 }, { ...theirs, picks: [0] });
  t.true(chiSquareShare(ours.cut[0], theirs.cut[0]) > 1);
});

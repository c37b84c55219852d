import test from 'ava';
import { openFitPool } from '../../src/cli/pool.js';
import { bootstrapFit, bootstrapFitParallel, type FitOptions } from '../../src/fit/index.js';
import { findLaw, type Law, parseFormula } from '../../src/law/index.js';
import { chinchillaPoints } from '../fit/chinchilla-points.js';

const points = chinchillaPoints();

const formula = await parseFormula('E + A / N^0.35 + B / D^0.37', { inputs: ['N', 'D'] });

const sameDigits = test.macro({
  async exec(t, law: Law, options: FitOptions, counts: readonly number[]) {
    const all = { ...options, replicates: 430, seed: 7, starts: 16 };
    const alone = bootstrapFit(points, law, all);
    for (const workers of counts) {
      const shares: number[] = [];
      const pool = openFitPool({ workers, onProgress: share => shares.push(share) });
      const pooled = await bootstrapFitParallel(points, law, { ...all, parallel: pool.map });
      await pool.close();
      t.deepEqual(pooled.draws, alone.draws);
      t.deepEqual(pooled.params, alone.params);
      t.is(shares.at(-1), 1);
    }
  },
  title: title => `bootstrapFitParallel() on a pool has the digits of bootstrapFit(): ${title}`,
});

const unit = Array.from(points.loss, (_, row) => row % 60);
test('a law of the registry, by unit', sameDigits, findLaw('chinchilla'), { unit }, [1, 2]);
test('a formula', sameDigits, formula, {}, [2]);

import { readFileSync } from 'node:fs';
import test from 'ava';
import { frontierIndices } from '../../src/frontier/index.js';
import { checksum, portablePoints } from './portable.js';

interface Golden {
  readonly source: string;
  readonly cases: readonly {
    readonly kind: string;
    readonly axes: number;
    readonly count: number;
    readonly seed: number;
    readonly front: number;
    readonly checksum: number;
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('fixtures/golden.json', import.meta.url), 'utf8'));

for (const { kind, axes, count, seed, front, checksum: expected } of golden.cases)
  test(`frontierIndices(${count} ${kind} points, ${axes} axes) finds the ${front} that ${golden.source.split(';')[0]} finds`, t => {
    const columns = portablePoints(kind, axes, count, seed);
    const found = frontierIndices(
      columns,
      columns.map(() => 'min'),
    );
    t.is(found.length, front);
    t.is(checksum(found), expected);
  });

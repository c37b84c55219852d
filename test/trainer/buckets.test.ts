import { readFileSync } from 'node:fs';
import test from 'ava';
import { bucketMatrix, relativeBucket } from '../../src/trainer/buckets.js';

// fixtures/t5_golden.py: buckets of the distances -200 to 200 from Hugging Face's Flax T5
const golden = JSON.parse(readFileSync(new URL('fixtures/t5_golden.json', import.meta.url), 'utf8'));

for (const kind of ['bidirectional', 'causal'])
  test(`relativeBucket(distance) equals the ${kind} buckets of Hugging Face's T5`, t => {
    const ours = golden.buckets[kind].map((_: number, i: number) =>
      relativeBucket(golden.distances[0] + i, kind === 'bidirectional'),
    );
    t.deepEqual(ours, golden.buckets[kind]);
  });

test('bucketMatrix(length) has queries as rows and keys as columns', t => {
  t.deepEqual([...bucketMatrix(3, false)], [0, 0, 0, 1, 0, 0, 2, 1, 0]);
  t.deepEqual([...bucketMatrix(3, true)], [0, 17, 18, 1, 0, 17, 2, 1, 0]);
});

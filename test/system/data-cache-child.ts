// Run by data-cache.test.ts: reads 400 kB fifty times, removes the file now and then, and prints the sum of what it read.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { keep } from '../../src/trainer/data-cache.js';

const [, , cache] = process.argv;
const folder = `${cache}/data`;
mkdirSync(folder, { recursive: true });
const values = new Int32Array(1e5).fill(7);
const make = () => ({ tensors: new Map([['x', { dims: [1e5], values }]]), metadata: {} });
let sum = 0;
for (let i = 0; i < 50; i++) {
  if (i % 5 === 4)
    for (const name of readdirSync(folder).filter(name => name.startsWith('test-')))
      rmSync(`${folder}/${name}`, { force: true });
  sum += (keep('test', [], make, { cache }).tensors.get('x')!.values as Int32Array).reduce((a, b) => a + b, 0);
}
console.log(sum);

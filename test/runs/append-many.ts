import { appendRecord } from '../../src/runs/index.js';

// A process of its own, for record.test.ts: FILE NAME COUNT.
const [file, name, count] = process.argv.slice(2);
for (let seed = 0; seed < Number(count); seed++)
  await appendRecord(
    file,
    { name, kind: 'pretrain', tokens: 2 ** 20, loss: 2.5, seed, toolkit: '0.1.0', padding: name.repeat(seed % 1500) },
    { fsync: false },
  );

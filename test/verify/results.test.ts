import { fileURLToPath } from 'node:url';
import test from 'ava';
import { loadFits, loadStoredResult, remakeFit, storedResult } from '../../src/verify/index.js';

// Each number of others stands in fits/*.yaml with its source; `npm run fits -- --save` writes fits/results.

const FOLDER = fileURLToPath(new URL('../../fits', import.meta.url));
const specs = await loadFits(FOLDER);

/** Files that take seconds are held by their committed results alone. */
const SLOW = ['olmo-ladder', 'porian-2024', 'gemstones-shape'];

for (const spec of specs) {
  test(`fits/results/${spec.name}: every number is within its tolerance of ${spec.source}, or says why not`, async t => {
    const { rows } = await loadStoredResult(FOLDER, spec.name);
    t.is(rows.length, spec.fits.flatMap(({ expect }) => expect).length, 'stale: run npm run fits -- --save');
    for (const { fit, what, ours, theirs, outcome } of rows)
      t.not(outcome, 'differs', `${fit}, ${what}: ours ${ours}, theirs ${theirs}`);
  });

  test(`fits/${spec.name}: what the committed results were held against is what the file says`, async t => {
    const { rows } = await loadStoredResult(FOLDER, spec.name);
    const wanted = spec.fits.flatMap(({ name, expect }) => expect.map(want => ({ name, want })));
    for (const [index, { name, want }] of wanted.entries()) {
      const { what, value = 1, tolerance, source } = want;
      t.like(rows[index], { fit: name, what, theirs: value, tolerance, source });
    }
  });

  test(`fits/${spec.name}: no note explains away a row that agrees`, async t => {
    const { rows } = await loadStoredResult(FOLDER, spec.name);
    for (const { fit, what, note, outcome } of rows)
      t.false(outcome === 'agrees' && note !== undefined, `${fit}, ${what}`);
  });

  if (!SLOW.includes(spec.name))
    test(`fits/${spec.name}: made again it gives the committed results`, async t => {
      const [kept, fresh] = [await loadStoredResult(FOLDER, spec.name), storedResult(await remakeFit(spec))];
      for (const [index, row] of fresh.rows.entries()) {
        const { ours, outcome, theirs, tolerance } = kept.rows[index];
        const room = theirs === 0 ? tolerance / 50 : 1e-6 * Math.abs(ours ?? 0);
        t.is(row.outcome, outcome, `${row.fit}, ${row.what}`);
        if (row.ours === null || ours === null) t.is(row.ours, ours);
        else t.true(Math.abs(row.ours - ours) <= room, `${row.fit}, ${row.what}`);
      }
    });
}

test('every published fit that the toolkit speaks of has its file', t => {
  const due = [
    ...['approach-recovery', 'chinchilla-package', 'datablations-2023', 'gemstones-nd', 'gemstones-shape'],
    ...['gemstones-wdt', 'hoffmann-2022', 'hoffmann-2022-besiroglu', 'kaplan-2020', 'llama3-isoflop'],
    ...['misfitting-2025', 'olmo-ladder', 'porian-2024', 'steplaw-2025'],
  ];
  t.deepEqual(specs.map(({ name }) => name).sort(), due);
});

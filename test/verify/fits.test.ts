import { fileURLToPath } from 'node:url';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { loadFits, parseFitSpec, remakeFit } from '../../src/verify/fits.js';

const specs = await loadFits(fileURLToPath(new URL('../../fits', import.meta.url)));

for (const spec of specs)
  test(`fits/${spec.name}: every number is within its tolerance of ${spec.source}, or says why not`, async t => {
    const { rows } = await remakeFit(spec);
    for (const row of rows) {
      t.true(row.within || row.note !== undefined, `${row.fit}, ${row.what}: ours ${row.ours}, theirs ${row.theirs}`);
      t.false(
        row.within && row.note !== undefined && /off/.test(row.note),
        `${row.fit}, ${row.what}: the note is stale`,
      );
    }
  });

const MINIMAL = `
title: t
source: s
dataset: hoffmann-2022-fig4
law: chinchilla
fits: [{ name: a, about: b, expect: [{ what: E, value: 1, tolerance: 0, source: s }] }]
`;

test('parseFitSpec(text) fills what is left out', t => {
  const spec = parseFitSpec(MINIMAL, 'x.yaml');
  t.is(spec.name, 'x');
  t.is(spec.fits[0].expect[0].rule, 'near');
});

test('parseFitSpec(text) refuses an unknown key by its path', t => {
  const error = t.throws(() => parseFitSpec(MINIMAL.replace('tolerance: 0', 'tolerance: 0, tolerence: 1'), 'x.yaml'), {
    instanceOf: InputError,
  });
  t.regex(error.message, /^x\.yaml: fits\.0\.expect\.0: .*tolerence/);
});

test('parseFitSpec(text) refuses what is not YAML in one line', t => {
  const error = t.throws(() => parseFitSpec('a: [', 'x.yaml'), { instanceOf: InputError });
  t.regex(error.message, /^x\.yaml must be YAML/);
  t.false(error.message.includes('\n'));
});

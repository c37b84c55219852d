import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { shapelaw } from './run.js';

const CHINCHILLA = [
  'fit',
  'hoffmann-2022-fig4',
  '--law',
  'chinchilla',
  '--map',
  'N=params,C=training_flops',
  '--derive',
  'D=C/(6*N)',
  '--where',
  'loss < 3.44',
];

test('fit --json finds the optimum that SciPy finds on 240 points of Chinchilla', async t => {
  const { code, stdout, stderr } = await shapelaw(...CHINCHILLA, '--json');
  t.is(code, 0);
  t.is(stderr, '');
  const fit = JSON.parse(stdout);
  t.like(fit, { law: 'chinchilla', inputs: ['N', 'D'], rows: 240, rho: 'huber', status: 'converged' });
  t.true(fit.objective <= 0.0010182740178007); // SciPy BFGS: 0.0010182740178006
  t.true(Math.abs(fit.params.alpha.value - 0.347310499) < 1e-6);
  t.is(fit.data.rows, 240);
  t.regex(fit.data.sha256, /^[0-9a-f]{64}$/);
});

test('fit --predict gives each row its value and interval', async t => {
  const file = join(await mkdtemp(join(tmpdir(), 'shapelaw-')), 'targets.csv');
  await writeFile(file, 'name,N,D\nchinchilla,70e9,1.4e12\n');
  const { stdout } = await shapelaw(...CHINCHILLA, '--predict', file, '--level', '0.9', '--json');
  const [row] = JSON.parse(stdout).predictions;
  t.is(row.name, 'chinchilla');
  t.true(row.lo < row.value && row.value < row.hi);
  t.true(Math.abs(row.value - 1.97) < 0.02, String(row.value)); // E + A/N^alpha + B/D^beta with Besiroglu's constants
});

test('fit prints constants with intervals, objective and status', async t => {
  const { stdout } = await shapelaw(...CHINCHILLA, '--fix', 'E=1.69');
  t.regex(stdout, /loss = E \+ A/);
  t.regex(stdout, /\nE +1\.69 +held/);
  t.regex(stdout, /status: converged/);
});

const refused: readonly [title: string, args: readonly string[], message: RegExp][] = [
  [
    'an unknown law',
    ['fit', 'hoffmann-2022-fig4', '--law', 'chinchila'],
    /unknown law "chinchila"; did you mean chinchilla\?/,
  ],
  ['a missing column', ['fit', 'hoffmann-2022-fig4', '--law', 'chinchilla'], /unknown column of .*data\.csv "N"/],
  ['an unknown dataset', ['fit', 'hofmann', '--law', 'power'], /RUNS must be a file or a dataset/],
  ['an expression that is no arithmetic', [...CHINCHILLA, '--derive', "z=getenv('HOME')"], /getenv/],
];
for (const [title, args, message] of refused)
  test(`fit refuses ${title} in one line`, async t => {
    const { code, stdout, stderr } = await shapelaw(...args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.trimEnd().split('\n').length, 1, stderr);
  });

test('fit --formula finds the same optimum, and holds what --fix names', async t => {
  const formula = [
    'fit',
    'hoffmann-2022-fig4',
    '--formula',
    'E + A/N^alpha + B/D^beta',
    '--map',
    'N=params,C=training_flops',
    '--map',
    'loss=loss',
    '--derive',
    'D=C/(6*N)',
  ];
  const { stdout } = await shapelaw(...formula, '--where', 'loss < 3.44', '--where', 'N > 0', '--json');
  const fit = JSON.parse(stdout);
  t.is(fit.rows, 240);
  t.true(fit.objective <= 0.0010182740178007);
  t.true(Math.abs(fit.params.beta.value - 0.367172433) < 1e-6);
});

test('losses measured on unlike data are refused, and so is a cell that no law can read, by its place in the file', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'shapelaw-'));
  const [mixed, negative] = [join(folder, 'mixed.jsonl'), join(folder, 'negative.csv')];
  await writeFile(
    mixed,
    ['a', 'b', 'b'].map((print, i) => JSON.stringify({ x: i + 1, loss: 3 - i, eval_fingerprint: print })).join('\n'),
  );
  await writeFile(negative, 'x,loss\n1,3\n2,2\n3,-1\n4,1.5\n5,1.4\n6,1.3\n');
  const one = await shapelaw('fit', mixed, '--law', 'power');
  t.is(one.code, 2);
  t.regex(one.stderr, /mixed\.jsonl must hold one eval_fingerprint, got "a", "b"/);
  t.regex(
    (await shapelaw('fit', negative, '--law', 'power', '--where', 'x > 1')).stderr,
    /negative\.csv, row 3, column loss must be above 0, got -1/,
  );
});

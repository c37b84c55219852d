import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { benchCommand, rowsTable } from '../../bench/command.js';
import { medianSeconds, timeRow } from '../../bench/measure.js';

/** A folder with a bench named cost, and one whose name is not on the list. */
function withBenches(run: (folder: URL) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-bench-test-'));
  const bench = `export const benchmarks = async () => [
    { name: 'a', ours: 2, peer: 5, unit: 'ms', ratio: 2.5 }, { name: 'b', ours: 3, peer: null, unit: 'ms', ratio: null }]`;
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'cost.ts'), bench);
  writeFileSync(join(folder, 'other.ts'), bench);
  return run(pathToFileURL(`${folder}/`)).finally(() => rmSync(folder, { recursive: true }));
}

test('bench NAME --json prints an array of rows and nothing else', t =>
  withBenches(async folder => {
    const { code, stdout, stderr } = await benchCommand(['cost', '--json'], folder);
    t.deepEqual([code, stderr], [0, '']);
    t.deepEqual(JSON.parse(stdout), [
      { name: 'a', ours: 2, peer: 5, unit: 'ms', ratio: 2.5 },
      { name: 'b', ours: 3, peer: null, unit: 'ms', ratio: null },
    ]);
  }));

test('bench NAME prints a table, with - where there is no peer', t =>
  withBenches(async folder => {
    const { stdout } = await benchCommand(['cost'], folder);
    t.regex(stdout, /a +│ 2 ms +│ 5 ms +│ 2\.5/);
    t.regex(stdout, /b +│ 3 ms +│ - +│ -/);
  }));

const REFUSED: readonly [string[], string][] = [
  [['frontier'], 'unknown bench "frontier"; did you mean cost? (known: cost)'],
  [['other'], 'unknown bench "other"; did you mean cost? (known: cost)'],
  [[], 'bench must be one of cost, got "none"'],
  [['cost', 'cost'], 'bench must be one of cost, got "cost cost"'],
  [['cost', '--jsn'], 'unknown option "--jsn"; did you mean --json? (known: --json)'],
];
for (const [args, message] of REFUSED)
  test(`bench ${args.join(' ')} is refused in one line: ${message}`, t =>
    withBenches(async folder => {
      t.deepEqual(await benchCommand(args, folder), { code: 2, stdout: '', stderr: message });
    }));

test('bench knows the benches of this repository', async t => {
  const { stderr } = await benchCommand([]);
  t.regex(stderr, /^bench must be one of cost, .*frontier/);
});

test('timeRow(name, ours, peer) is in milliseconds, its ratio peer over ours', t => {
  t.deepEqual(timeRow('x', 0.5, 2), { name: 'x', ours: 500, peer: 2000, unit: 'ms', ratio: 4 });
  t.deepEqual(timeRow('x', 0.5, null), { name: 'x', ours: 500, peer: null, unit: 'ms', ratio: null });
});

test('rowsTable(rows) rounds to three digits', t => {
  t.regex(rowsTable([timeRow('x', 0.0123456, 0.0456789)]), /12\.3 ms +│ 45\.7 ms +│ 3\.7/);
});

test('medianSeconds(work) calls warm-up and repetitions, and awaits the work', async t => {
  let calls = 0;
  const work = () => new Promise<void>(done => setTimeout(() => done(void calls++), 5));
  t.true((await medianSeconds(work, { repetitions: 3, warmUp: 2 })) >= 0.004);
  t.is(calls, 5);
});

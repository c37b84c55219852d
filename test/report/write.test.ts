import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { claimsChart } from '../../src/chart/index.js';
import { writeChart } from '../../src/report/index.js';
import { claims } from '../chart/samples.js';

const spec = claimsChart(claims);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shapelaw-report-'));
  await use(folder).finally(() => rm(folder, { recursive: true }));
}

test('writeChart(spec, file) writes what the name says, and leaves nothing else', t =>
  inFolder(async folder => {
    for (const name of ['a.svg', 'a.png', 'a.json', 'B.PNG']) await writeChart(spec, join(folder, name));
    t.deepEqual((await readdir(folder)).sort(), ['B.PNG', 'a.json', 'a.png', 'a.svg']);
    t.regex(await readFile(join(folder, 'a.svg'), 'utf8'), /^<svg [\s\S]*<\/svg>$/);
    t.is((await readFile(join(folder, 'a.png'))).subarray(1, 4).toString(), 'PNG');
    t.deepEqual(JSON.parse(await readFile(join(folder, 'a.json'), 'utf8')), spec as unknown);
  }));

test('writeChart(spec, file) replaces an older file whole', t =>
  inFolder(async folder => {
    const file = join(folder, 'a.json');
    await writeChart(spec, file);
    await writeChart(claimsChart({ ...claims, title: 'Newer' }), file);
    t.true((await readFile(file, 'utf8')).includes('Newer'));
    t.deepEqual(await readdir(folder), ['a.json']);
  }));

test('writeChart(spec, file) that cannot be written leaves no draft behind', t =>
  inFolder(async folder => {
    await t.throwsAsync(writeChart(spec, join(folder, 'missing', 'a.svg')), {
      instanceOf: InputError,
      message: /missing\/a\.svg must be a file that can be written, got ENOENT$/,
    });
    t.deepEqual(await readdir(folder), []);
  }));

for (const file of ['chart.gif', 'chart', 'chart.svg.txt'])
  test(`writeChart(spec, ${file}) is refused in one line`, async t => {
    await t.throwsAsync(writeChart(spec, file), {
      instanceOf: InputError,
      message: `chart file must be a name that ends in .svg, .png or .json, got "${file}"`,
    });
  });

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, fail, type Random } from '../src/base/index.js';
import { createFrontierKernel, type Goal } from '../src/frontier/index.js';
import { medianSeconds, type Row, timeRow } from './measure.js';
import { openPeer, type Peer } from './peers/python.js';

/** What points look like; one point of `axes` numbers, all to be minimised. */
const KINDS: Record<string, (random: Random, axes: number) => number[]> = {
  uniform: ({ uniform }, axes) => Array.from({ length: axes }, uniform),
  'whole numbers below 1000': ({ integer }, axes) => Array.from({ length: axes }, () => integer(1000)),
  'a trade-off, 10 % thick': ({ uniform }, axes) => shell(uniform, axes, 0.1),
  'all on the front': ({ uniform }, axes) => simplex(uniform, axes),
  'log-spaced FLOPs and a loss': ({ uniform }) => {
    const logFlops = 17 + 6 * uniform();
    return [10 ** logFlops, 1.7 + 10 ** (3 - logFlops / 6) + uniform() / 1000];
  },
};

function shell(uniform: () => number, axes: number, thickness: number): number[] {
  const direction = Array.from({ length: axes }, () => uniform() + 1e-3);
  const length = Math.hypot(...direction);
  const radius = 1 + thickness * uniform();
  return direction.map(value => 1 - (radius * value) / length);
}

/** Shares that sum to one, so that no point beats another. */
function simplex(uniform: () => number, axes: number): number[] {
  const cuts = Array.from({ length: axes - 1 }, uniform).sort((a, b) => a - b);
  return [...cuts, 1].map((cut, i) => cut - (cuts[i - 1] ?? 0));
}

interface Case {
  readonly kind: string;
  readonly axes: number;
  readonly count: number;
  /** Peers, by the names peers/frontier.py gives them; only those that end within seconds. */
  readonly peers: readonly string[];
}

const [NUMPY, STAIRCASE, PARETOSET] = ['numpy sort and scan', 'Python staircase', 'paretoset'];
const MILLION = 1_000_000;
const CASES: readonly Case[] = [
  { kind: 'uniform', axes: 2, count: MILLION, peers: [NUMPY, PARETOSET] },
  { kind: 'whole numbers below 1000', axes: 2, count: MILLION, peers: [NUMPY, PARETOSET] },
  { kind: 'log-spaced FLOPs and a loss', axes: 2, count: MILLION, peers: [NUMPY] },
  { kind: 'a trade-off, 10 % thick', axes: 2, count: MILLION, peers: [NUMPY, PARETOSET] },
  { kind: 'all on the front', axes: 2, count: MILLION, peers: [NUMPY] },
  { kind: 'uniform', axes: 3, count: MILLION, peers: [STAIRCASE, PARETOSET] },
  { kind: 'whole numbers below 1000', axes: 3, count: MILLION, peers: [STAIRCASE, PARETOSET] },
  { kind: 'a trade-off, 10 % thick', axes: 3, count: MILLION, peers: [STAIRCASE] },
  { kind: 'all on the front', axes: 3, count: MILLION, peers: [] },
  { kind: 'uniform', axes: 4, count: MILLION / 10, peers: [PARETOSET] },
  { kind: 'a trade-off, 10 % thick', axes: 4, count: MILLION / 10, peers: [] },
  { kind: 'uniform', axes: 5, count: MILLION / 10, peers: [PARETOSET] },
  { kind: 'all on the front', axes: 5, count: MILLION / 10, peers: [] },
];

export async function benchmarks(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shapelaw-bench-'));
  const peer = openPeer('frontier.py', { packages: ['numpy', 'numba', 'paretoset==1.2.5'] });
  try {
    const rows: Row[] = [];
    for (const [i, one] of CASES.entries()) rows.push(...(await measure(one, peer, join(folder, `${i}.f64`))));
    return rows;
  } finally {
    peer?.close();
    rmSync(folder, { recursive: true });
  }
}

/** Ours, then each peer, one after the other on the same points. */
async function measure(one: Case, peer: Peer | null, file: string): Promise<Row[]> {
  const { kind, axes, count } = one;
  const columns = drawColumns(one);
  const kernel = createFrontierKernel();
  const goals = columns.map((): Goal => 'min');
  const front = kernel(columns, goals).length;
  const title = `${axes} objectives, ${count} points, ${kind} (${front} on the front)`;
  const ours = () => medianSeconds(() => kernel(columns, goals));
  if (peer === null || one.peers.length === 0) return [timeRow(title, await ours(), null)];
  for (const column of columns) writeFileSync(file, column, { flag: 'a' });
  const rows: Row[] = [];
  for (const by of one.peers) {
    const seconds = await ours();
    const time = (await peer.ask({ file, axes, count, by, repetitions: 5 })) as PeerTime | null;
    if (time !== null && time.front !== front) fail(`${by} finds ${time.front} on the front where we find ${front}`);
    rows.push(timeRow(`${title}; peer ${by}`, seconds, time === null ? null : time.seconds));
  }
  return rows;
}

function drawColumns({ kind, axes, count }: Case): Float64Array[] {
  const random = createRandom(axes);
  const columns = Array.from({ length: axes }, () => new Float64Array(count));
  for (let i = 0; i < count; i++)
    for (const [axis, value] of KINDS[kind](random, axes).entries()) columns[axis][i] = value;
  return columns;
}

interface PeerTime {
  readonly seconds: number;
  readonly front: number;
}

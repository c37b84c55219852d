import test from 'ava';
import { InputError } from '../../src/base/index.js';
import {
  type ChartSpec,
  claimsChart,
  costLedgerChart,
  downstreamChart,
  frontierChart,
  lossComputeChart,
  residualsChart,
} from '../../src/chart/index.js';

const TITLE = { title: 'None' };
const AXES = { cost: { title: 'c', notation: 'plain' }, quality: { title: 'q' } } as const;
const POINT = { name: 'a', efficient: true, cost: 1, quality: 1 };

const REFUSED: [what: string, draw: () => ChartSpec, message: string][] = [
  ['no points', () => lossComputeChart({ ...TITLE, points: [] }), 'lossComputeChart needs at least 1 point, got 0'],
  [
    'a loss that is no number',
    () => lossComputeChart({ ...TITLE, points: [{ name: 'a', compute: 1, loss: Number.NaN }] }),
    'points[0].loss must be a finite number, got NaN',
  ],
  [
    'compute 0 on a log axis',
    () => lossComputeChart({ ...TITLE, points: [{ name: 'a', compute: 0, loss: 2 }] }),
    'points[0].compute must be a positive number, got 0',
  ],
  [
    'an infinite score',
    () => downstreamChart({ ...TITLE, points: [{ name: 'a', loss: 1, score: Infinity }] }),
    'points[0].score must be a finite number, got Infinity',
  ],
  [
    'a negative cost',
    () => frontierChart({ ...TITLE, ...AXES, points: [POINT, { ...POINT, cost: -1 }] }),
    'points[1].cost must be a positive number, got -1',
  ],
  [
    'a negative amount',
    () => costLedgerChart({ ...TITLE, notation: 'si', bars: [{ name: 'base', items: { mlp: -3 } }] }),
    'base, mlp must be a finite number from 0 and up, got -3',
  ],
  [
    'a total of 0',
    () => costLedgerChart({ ...TITLE, notation: 'si', bars: [{ name: 'base', items: {} }] }),
    'total of base must be positive, got 0',
  ],
  [
    'an infinite residual',
    () => residualsChart({ ...TITLE, atTitle: 'x', points: [{ name: 'a', at: 1, residual: -Infinity }] }),
    'points[0].residual must be a finite number, got -Infinity',
  ],
  [
    'a ratio of 0',
    () => claimsChart({ ...TITLE, claims: [{ name: 'C1', paper: 0, computed: 1 }] }),
    'claim C1 must be a positive ratio, got 0',
  ],
  [
    'a chart too narrow to read',
    () => frontierChart({ ...TITLE, ...AXES, points: [POINT] }, { width: 200 }),
    'chart width must be at least 300 pixels, got 200',
  ],
];

for (const [what, draw, message] of REFUSED)
  test(`${what} is refused in one line`, t => {
    t.throws(draw, { instanceOf: InputError, message });
  });

test('charts of a single point draw', t => {
  const drawn = [
    lossComputeChart({ ...TITLE, points: [{ name: 'a', compute: 1e18, loss: 2 }] }),
    downstreamChart({ ...TITLE, points: [{ name: 'a', loss: 2, score: 0 }] }),
    frontierChart({ ...TITLE, ...AXES, points: [POINT] }),
    residualsChart({ ...TITLE, atTitle: 'x', points: [{ name: 'a', at: 0, residual: 0 }] }),
    claimsChart({ ...TITLE, claims: [{ name: 'C1', paper: 1, computed: 1 }] }),
  ];
  for (const spec of drawn) t.notRegex(JSON.stringify(spec), /null\]|NaN|Infinity/);
});

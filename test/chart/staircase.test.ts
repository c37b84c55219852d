import test from 'ava';
import { staircase, WHOLE } from '../../src/chart/staircase.js';

const STEPS = [
  { cost: 8, quality: 3 },
  { cost: 2, quality: 1 },
];

test('staircase(points) is level until the next model, then steps, then runs on to the edge', t => {
  t.deepEqual(staircase(STEPS, WHOLE, { range: [1, 100] }), [
    [2, 1],
    [8, 1],
    [8, 3],
    [100, 3],
  ]);
});

test('staircase(points, region) ends with its region', t => {
  const region = { name: 'small', from: 1, to: 5 };
  t.deepEqual(staircase(STEPS, region, { range: [1, 100] }), [
    [2, 1],
    [5, 1],
  ]);
});

test('staircase(points, { larger }) runs from fast to slow', t => {
  const speeds = [
    { cost: 20, quality: 1 },
    { cost: 3, quality: 2 },
  ];
  t.deepEqual(staircase(speeds, WHOLE, { range: [1, 30], larger: true }), [
    [20, 1],
    [3, 1],
    [3, 2],
    [1, 2],
  ]);
});

test('staircase([]) has no corners', t => {
  t.deepEqual(staircase([], WHOLE, { range: [1, 2] }), []);
});

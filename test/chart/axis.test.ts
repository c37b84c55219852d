import test from 'ava';
import fc from 'fast-check';
import { linearTicks, logTicks, padRange, project, rangeOf, scientific, shownNumber } from '../../src/chart/axis.js';

test('scientific(value) writes powers of ten with raised digits', t => {
  t.is(scientific(5.24e18), '5.24\u00d710\u00b9\u2078');
  t.is(scientific(1.5e-7), '1.5\u00d710\u207b\u2077');
  t.is(scientific(0), '0');
});

test('shownNumber(value, notation) says billions as B and bytes in binary units', t => {
  t.is(shownNumber(2851598336, 'si'), '2.85B');
  t.is(shownNumber(1536, 'bytes'), '1.50 KiB');
  t.is(shownNumber(0.631, 'percent'), '63.1 %');
});

test('logTicks(range, pixels) gives every power of ten where there is room', t => {
  t.deepEqual(logTicks([1e18, 1e24], 640), [1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24]);
});

test('logTicks(range, pixels) thins powers that would touch', t => {
  t.deepEqual(logTicks([1e10, 1e25], 300), [1e12, 1e16, 1e20, 1e24]);
});

test('logTicks(range, pixels) fills a short axis with doubles and fives', t => {
  t.deepEqual(logTicks([4e6, 3e8], 500), [5e6, 1e7, 2e7, 5e7, 1e8, 2e8]);
});

test('logTicks(range, pixels) falls back to round steps within one digit', t => {
  t.deepEqual(logTicks([2.1e9, 2.9e9], 300), [2.2e9, 2.4e9, 2.6e9, 2.8e9]);
});

test('logTicks(range, pixels) stays within range and room, whatever the range', t => {
  const range = fc.tuple(fc.double({ min: -20, max: 25, noNaN: true }), fc.double({ min: 0.01, max: 20, noNaN: true }));
  const holds = fc.property(range, fc.integer({ min: 120, max: 1200 }), ([power, decades], pixels) => {
    const [from, to] = [10 ** power, 10 ** (power + decades)];
    const ticks = logTicks([from, to], pixels);
    const inside = ticks.every(tick => tick >= from * (1 - 1e-9) && tick <= to * (1 + 1e-9));
    return inside && ticks.length >= 1 && ticks.length <= Math.max(2, pixels / 56) + 1;
  });
  t.notThrows(() => fc.assert(holds, { seed: 7 }));
});

test('linearTicks(range, count) gives round numbers that a person would choose', t => {
  t.deepEqual(linearTicks([1.98, 3.47], 6), [2, 2.25, 2.5, 2.75, 3, 3.25]);
  t.deepEqual(linearTicks([-0.031, 0.02], 5), [-0.02, 0, 0.02]);
});

test('padRange(range, share, log) widens in logs on a log axis, and gives a single value a length', t => {
  const [low, high] = padRange([1e18, 1e20], 0.5, true);
  t.is(low, 1e17);
  t.is(high, 1e21);
  t.deepEqual(padRange([4, 4], 0.25), [3, 5]);
});

test('project(range, pixels) sends ends to ends and the geometric mean to the middle on a log axis', t => {
  const toX = project([10, 1000], [0, 600], true);
  t.deepEqual([10, 100, 1000].map(toX).map(Math.round), [0, 300, 600]);
});

test('rangeOf(values) spans them', t => {
  t.deepEqual(rangeOf([3, -1, 7]), [-1, 7]);
});

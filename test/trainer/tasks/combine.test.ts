import test from 'ava';
import { combineScores } from '../../../src/trainer/tasks/combine.js';

const TASKS = [
  { name: 'coin', chance: 0.5 },
  { name: 'die', chance: 1 / 6 },
  { name: 'spell', chance: 0 },
];

test('combineScores() is 0 for guessing and 1 for perfect answers', t => {
  t.is(combineScores({ coin: 0.5, die: 1 / 6, spell: 0 }, TASKS), 0);
  t.is(combineScores({ coin: 1, die: 1, spell: 1 }, TASKS), 1);
});

test('combineScores() counts each task by how far it is from chance to perfect', t => {
  // (0.8 - 0.5) / 0.5 = 0.6; (0.5 - 1/6) / (5/6) = 0.4; 0.2: mean 0.4
  t.true(Math.abs(combineScores({ coin: 0.8, die: 0.5, spell: 0.2 }, TASKS) - 0.4) < 1e-12);
  t.true(combineScores({ coin: 0, die: 0, spell: 0 }, TASKS) < 0);
});

test('combineScores() refuses scores that lack a task', t => {
  t.throws(() => combineScores({ coin: 1, spell: 1 }, TASKS), {
    message: 'scores must have task die, got coin, spell',
  });
});

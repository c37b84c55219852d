import test from 'ava';
import { METRICS, scoreAnswers } from '../../../src/trainer/tasks/metric.js';

test('exact match takes no notice of case and outer or repeated white space', t => {
  t.is(METRICS['exact-match'](' The  Whale ', 'the whale'), 1);
  t.is(METRICS['exact-match']('the whale.', 'the whale'), 0);
  t.is(METRICS['exact-match']('', 'whale'), 0);
});

test('scoreAnswers() is the mean over the examples', t => {
  t.is(scoreAnswers('accuracy', ['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'y']), 0.5);
});

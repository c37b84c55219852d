import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { dominatedBy, type Objective, paretoFrontier, weakFrontier } from '../../src/frontier/index.js';

interface Model {
  readonly name: string;
  readonly params: number;
  readonly avg: number;
}
const PARAMS: Objective<Model> = { name: 'params', goal: 'min' };
const AVG: Objective<Model> = { name: 'avg', goal: 'max' };
const model = (name: string, params: number, avg: number): Model => ({ name, params, avg });
const names = (models: readonly { readonly name: string }[]) => models.map(({ name }) => name).join(' ');

const MODELS = [model('d', 7, 5), model('a', 2, 3), model('c', 5, 5), model('b', 3, 3)];

test('paretoFrontier(points, objectives) keeps what no point beats, in input order', t => {
  t.is(names(paretoFrontier(MODELS, [PARAMS, AVG])), 'a c');
  t.is(names(paretoFrontier(MODELS, [AVG])), 'd c');
});

test('paretoFrontier(points) keeps every copy of a frontier point and drops what ties once and loses once', t => {
  t.is(names(paretoFrontier([...MODELS, model('copy of a', 2, 3)], [PARAMS, AVG])), 'a c copy of a');
});

test('paretoFrontier([]) is empty, and one point is a frontier', t => {
  t.deepEqual(paretoFrontier([], [PARAMS, AVG]), []);
  t.is(names(paretoFrontier([MODELS[0]], [PARAMS, AVG])), 'd');
});

test('an objective reads a function, another field, or the field of its name', t => {
  const perParam: Objective<Model> = { name: 'score', goal: 'max', value: ({ params, avg }) => avg / params };
  t.is(names(paretoFrontier(MODELS, [perParam])), 'a');
  t.is(names(paretoFrontier(MODELS, [{ name: 'size', goal: 'min', value: 'params' }])), 'a');
});

test('infinities are ordered: a model of infinite cost is efficient only when nothing is as good', t => {
  const endless = model('endless', Infinity, 5);
  t.is(names(paretoFrontier([endless, ...MODELS], [PARAMS, AVG])), 'a c');
  t.is(names(paretoFrontier([model('best', Infinity, Infinity), ...MODELS], [PARAMS, AVG])), 'best a c');
  t.is(names(paretoFrontier([endless, endless], [PARAMS, AVG])), 'endless endless');
});

test('paretoFrontier(points) refuses what is no number, naming point and objective in one line', t => {
  const refused = (points: readonly object[], objectives: readonly Objective<object>[]) =>
    t.throws(() => paretoFrontier(points, objectives), { instanceOf: InputError }).message;
  const objectives: Objective<object>[] = [
    { name: 'params', goal: 'min' },
    { name: 'avg', goal: 'max' },
  ];
  const bad = [...MODELS, model('e', 1, Number.NaN)];
  t.is(refused(bad, objectives), 'avg of points[4] (e) must be a number, got NaN');
  t.is(
    refused([{ model: 'Base', params: '223M' }], objectives),
    'params of points[0] (Base) must be a number, got "223M"',
  );
  t.is(refused([{ params: 1 }], objectives), 'avg of points[0] must be a number, got undefined');
  t.is(refused(MODELS, []), 'a frontier needs at least 1 objective, got 0');
  t.is(refused(MODELS, [objectives[0], objectives[0]]), 'names of objectives must be distinct, got "params"');
});

test('dominatedBy(points, objectives) names all who beat a point, and nobody for an efficient one', t => {
  const verdicts = dominatedBy(MODELS, [PARAMS, AVG]).map(({ point, by }) => `${point.name} < ${names(by)}`);
  t.deepEqual(verdicts, ['d < c', 'a < ', 'c < ', 'b < a']);
});

test('weakFrontier(points, axes) passes a point efficient on one pair, and says which', t => {
  const points = [
    { name: 'small', params: 1, speed: 9, glue: 80, squad: 70 },
    { name: 'slow', params: 1, speed: 4, glue: 81, squad: 70 },
    { name: 'beaten', params: 2, speed: 3, glue: 81, squad: 69 },
  ];
  const verdicts = weakFrontier(points, {
    costs: [
      { name: 'params', goal: 'min' },
      { name: 'speed', goal: 'max' },
    ],
    qualities: [
      { name: 'glue', goal: 'max' },
      { name: 'squad', goal: 'max' },
    ],
  });
  t.deepEqual(
    verdicts.map(({ point, efficient, pairs }) => [point.name, efficient, pairs.map(p => `${p.cost}/${p.quality}`)]),
    [
      ['small', true, ['params/squad', 'speed/glue', 'speed/squad']],
      ['slow', true, ['params/glue', 'params/squad', 'speed/glue']],
      ['beaten', false, []],
    ],
  );
});

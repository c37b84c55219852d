import test from 'ava';
import { loadDataset } from '../../src/runs/index.js';
import { checkClaims } from '../../src/verify/index.js';

const rows = await checkClaims();
const row = (id: string) => rows.find(one => one.id === id)!;

test('checkClaims() has a row for every claim of the paper', async t => {
  const claims = await loadDataset('tay-2022', { resource: 'claims' });
  for (const id of claims.columns.id as readonly string[]) t.truthy(row(id), id);
});

test('every row has a verdict, says which inputs it rests on, and why where nothing can be checked', t => {
  for (const { verdict, inputs, remark, computed } of rows) {
    t.true(['verified', 'digitised', 'recalled'].includes(inputs));
    t.true(verdict === 'cannot be checked' ? remark !== '' && computed === '' : computed !== '');
  }
});

// ratios of exact counts; datasets/tay-2022 states what the paper says
test('the stated ratios of parameters and FLOPs come out as computed', t => {
  t.like(row('C3'), {
    computed: '63.0 %',
    remark: '-0.1 points; 62.9 % with 114 decoder tokens instead of 130',
    verdict: 'agrees',
    inputs: 'verified',
  });
  t.like(row('C4'), { computed: '87.3 %', verdict: 'agrees' });
  t.like(row('C5'), { computed: '16.0 %', verdict: 'agrees' });
  t.like(row('C6'), { computed: '38.2 %', verdict: 'disagrees' });
  t.like(row('C7'), { computed: '33.5 %', verdict: 'agrees' });
  t.like(row('C8'), { computed: '33.8 %', verdict: 'disagrees' });
});

test('what rests on recalled speeds or scores is marked recalled', t => {
  for (const id of ['C2', 'C9', 'P1', 'P2', 'T4f1']) t.is(row(id).inputs, 'recalled', id);
});

test('what others read off a figure is told apart from what is verified', t => {
  t.deepEqual(
    ['C16', 'C17', 'C5'].map(id => row(id).inputs),
    ['digitised', 'digitised', 'verified'],
  );
});

test('T5-base and T5-large stand off the strict frontier of Table 4 on at least one pair of axes', t => {
  t.like(row('P1'), { verdict: 'agrees', computed: 'dominated on 12 of 12 pairs of Table 4' });
  t.like(row('P2'), { verdict: 'agrees', computed: 'dominated on 6 of 12 pairs of Table 4' });
});

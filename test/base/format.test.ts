import test from 'ava';
import { format } from '../../src/base/index.js';

test('si(value) gives three significant digits and a prefix', t => {
  t.deepEqual(
    [60506624, 1e12, 999.9, 0.5].map(v => format.si(v)),
    ['60.5M', '1.00T', '1.00k', '0.5'],
  );
  t.is(format.si(32.8e9, 'FLOP'), '32.8 GFLOP');
});

test('count(value) writes billions as B', t => {
  t.is(format.count(2851598336), '2.85B');
});

test('bytes(value) uses binary units', t => {
  t.deepEqual([0, 1023, 1536, 24 * 2 ** 30].map(format.bytes), ['0 B', '1023 B', '1.50 KiB', '24.0 GiB']);
});

test('seconds(value) picks the unit', t => {
  t.deepEqual([0.0123, 12, 93.2, 7200].map(format.seconds), ['12.3 ms', '12.0 s', '1 min 33 s', '2 h']);
});

test('seconds(value) rounds before it splits', t => {
  t.deepEqual([119.7, 3599.9, 0.9996, 59.97, Number.NaN].map(format.seconds), [
    '2 min 0 s',
    '60 min 0 s',
    '1.00 s',
    '1 min 0 s',
    'NaN',
  ]);
});

test('plain(text) leaves nothing that moves a cursor', t => {
  t.is(format.plain('a\u001b]0;x\u0007\nb\u009bc'), 'a ]0;x b c');
});

test('digits(value) avoids exponents between 1e-4 and 1e7', t => {
  t.deepEqual(
    [0.00123456, 482.0123, 2.4e9, 1e-9].map(v => format.digits(v)),
    ['0.001235', '482', '2.400e9', '1.000e-9'],
  );
});

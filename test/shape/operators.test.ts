import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { EL, FF, NL, NUMBER_FIELDS, OPERATORS, preset } from '../../src/shape/index.js';

for (const operator of Object.values(OPERATORS))
  test(`${operator.symbol}(shape, value) sets ${operator.changes.join(' and ')} and nothing else`, t => {
    const before = preset('small');
    const after = operator(before, 13);
    for (const field of NUMBER_FIELDS) t.is(after[field], operator.changes.includes(field) ? 13 : before[field]);
  });

test('operators compose', t => {
  t.like(FF(NL(preset('small'), 16), 1024), { num_layers: 16, num_decoder_layers: 16, d_ff: 1024, d_model: 512 });
});

test('an operator refuses a value that no shape can have', t => {
  t.throws(() => EL(preset('small'), 0), { instanceOf: InputError, message: /^EL: num_layers must be in/ });
});

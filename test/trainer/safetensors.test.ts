import { readFileSync } from 'node:fs';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src/trainer/safetensors.js';

// fixtures/hf_safetensors.py: written by Python's safetensors
const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const FILE = fixture('hf_safetensors.safetensors');
const EXPECTED: Record<string, { dims: number[]; values: string[] }> = JSON.parse(
  fixture('hf_safetensors.json').toString(),
);

const number = (text: string) => Number(text.replace('inf', 'Infinity'));

test('decodeSafetensors(bytes) reads every dtype as Python wrote it', t => {
  const { tensors, metadata } = decodeSafetensors(FILE, 'file');
  t.deepEqual([...tensors.keys()].sort(), Object.keys(EXPECTED).sort());
  for (const [name, { dims, values }] of Object.entries(EXPECTED)) {
    t.deepEqual(tensors.get(name)!.dims, dims, name);
    t.deepEqual(Array.from(tensors.get(name)!.values), values.map(number), name);
  }
  t.deepEqual(metadata, { format: 'pt', note: 'a "data_offsets": in text' });
});

test('decodeSafetensors(bytes) reads from any place in a buffer and shares no memory with it', t => {
  const shifted = new Uint8Array(FILE.length + 3);
  shifted.set(FILE, 3);
  const { tensors } = decodeSafetensors(shifted.subarray(3), 'file');
  shifted.fill(0);
  t.deepEqual(Array.from(tensors.get('integers')!.values), [-(2 ** 31), 2 ** 31 - 1, 7]);
});

test('decodeSafetensors(bytes) gives not a number for the halves that are none', t => {
  const { tensors } = decodeSafetensors(build({ a: entry('F16', [1], [0, 2]) }, [0x01, 0x7e]), 'file');
  t.deepEqual(Array.from(tensors.get('a')!.values), [Number.NaN]);
});

const ODD: ReadonlyMap<string, StoredTensor> = new Map<string, StoredTensor>([
  ['7', { dims: [3], values: Uint8Array.of(1, 2, 3) }],
  ['__proto__', { dims: [1, 2], values: Float64Array.of(1e-300, Number.NaN) }],
  ['none', { dims: [0, 5], values: new Float32Array(0) }],
  ['é', { dims: [], values: Int32Array.of(-5) }],
  ['a', { dims: [2, 1], values: Float32Array.of(0.1, -0) }],
]);

test('encodeSafetensors(tensors) comes back to the bit', t => {
  const { tensors, metadata } = decodeSafetensors(encodeSafetensors(ODD, { step: '12' }), 'file');
  t.deepEqual([...tensors].sort(byName), [...ODD].sort(byName));
  t.deepEqual(metadata, { step: '12' });
  t.deepEqual(decodeSafetensors(encodeSafetensors(new Map()), 'file'), { tensors: new Map(), metadata: {} });
});
const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

test('encodeSafetensors(tensors) aligns every tensor to its own width', t => {
  const bytes = encodeSafetensors(ODD);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  for (const [name, { values }] of ODD)
    t.is((8 + length + header[name].data_offsets[0]) % values.BYTES_PER_ELEMENT, 0, name);
});

test('encodeSafetensors(tensors) refuses values that do not fill their dims, and the reserved name', t => {
  const one = (name: string, dims: number[]) => () =>
    encodeSafetensors(new Map([[name, { dims, values: new Float32Array(5) }]]));
  t.throws(one('w', [2, 3]), { message: 'tensor w must have 6 values for its dims [2, 3], got 5' });
  t.throws(one('__metadata__', [5]), { message: /^tensor name must be another than __metadata__/ });
});

test('decodeSafetensors(bytes) refuses a file that is cut off, at any byte, and one that goes on', t => {
  const whole = encodeSafetensors(ODD);
  for (let length = 0; length < whole.length; length++)
    t.throws(() => decodeSafetensors(whole.subarray(0, length), 'cut'), {
      instanceOf: InputError,
      message: /^cut must have/,
    });
  const longer = new Uint8Array(whole.length + 1);
  longer.set(whole);
  t.throws(() => decodeSafetensors(longer, 'f'), {
    message: `f must have ${whole.length} bytes, as its header says, got ${longer.length}`,
  });
});

test('decodeSafetensors(bytes) answers any damaged byte of the header in one line, or reads a file of that size', t => {
  const whole = encodeSafetensors(ODD);
  const values = 16 + 4 + 8 + 3;
  for (let at = 0; at < whole.length - values; at++)
    for (const flip of [1, 0x10, 0x80]) {
      const damaged = Uint8Array.from(whole);
      damaged[at] ^= flip;
      try {
        t.is(decodeSafetensors(damaged, 'file').tensors.size, ODD.size);
      } catch (error) {
        t.true(error instanceof InputError && !error.message.includes('\n'), String(error));
      }
    }
});

type Entry = ReturnType<typeof entry>;
const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

function build(header: Record<string, Entry | object> | string, values: readonly number[]): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + values.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(values, 8 + text.length);
  return bytes;
}

const refuses = test.macro({
  exec: (t, header: Parameters<typeof build>[0], size: number, message: string | RegExp) =>
    t.throws(() => decodeSafetensors(build(header, Array(size).fill(0)), 'f'), { instanceOf: InputError, message }),
  title: (name = '') => `decodeSafetensors(bytes) refuses ${name}`,
});
const floats = (begin: number, end: number) => entry('F32', [(end - begin) / 4], [begin, end]);

test(
  'tensors that overlap',
  refuses,
  { a: floats(0, 8), b: floats(4, 12) },
  12,
  'f: tensor "b" must begin at 8, where the one before it ends, got 4',
);
test('a hole between tensors', refuses, { a: floats(0, 4), b: floats(8, 12) }, 12, /"b" must begin at 4/);
test('a tensor beyond the end', refuses, { a: floats(0, 8) }, 4, /^f must have 70 bytes, as its header says, got 66$/);
test(
  'a size that does not fit its shape',
  refuses,
  { a: entry('F32', [2, 3], [0, 20]) },
  20,
  'f: tensor "a" must have 24 bytes as F32 [2, 3], got 20',
);
test(
  'offsets that run backwards',
  refuses,
  { a: entry('U8', [1], [4, 3]) },
  4,
  /must have 1 bytes as U8 \[1\], got -1/,
);
test('a shape of huge sizes', refuses, { a: entry('F32', [2 ** 50, 2 ** 50], [0, 4]) }, 4, /"a" must have/);
test(
  'a negative size',
  refuses,
  { a: entry('F32', [-1, -1], [0, 4]) },
  4,
  'f: tensor "a": shape must be an array of sizes, got "[-1,-1]"',
);
test(
  'an unknown dtype',
  refuses,
  { a: entry('F8_E4M3', [4], [0, 4]) },
  4,
  /^f: tensor "a": unknown dtype "F8_E4M3"; did you mean/,
);
test('a tensor that is no object', refuses, { a: [] }, 0, /^f: tensor "a" must be an object/);
test('offsets that are missing', refuses, { a: { dtype: 'F32', shape: [1] } }, 4, /data_offsets must be two sizes/);
test(
  'a name twice',
  refuses,
  '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
  1,
  'f must name each tensor once, got 2 tensors of 1 names',
);
test(
  'metadata that is not text',
  refuses,
  { __metadata__: { steps: 3 } },
  0,
  /^f: __metadata__ must be an object of texts/,
);
test('a header that is an array', refuses, '[]', 0, /^f: header must be a JSON object/);
test('a header that is no JSON', refuses, '{"a"', 0, /^f: header must be JSON, got/);

test('decodeSafetensors(bytes) refuses a header longer than a header may be before it makes room for it', t => {
  const bytes = new Uint8Array(64).fill(0xff);
  t.throws(() => decodeSafetensors(bytes, 'f'), { message: /^f: header bytes must be in \[2, 100000000\]/ });
});

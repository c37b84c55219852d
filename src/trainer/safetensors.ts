import { fail, mustBe, outsideRange, shown, unknownName } from '../base/index.js';

// Files of named tensors, the safetensors format (its README and the checks of its Rust reader): the length of the header
// in 8 bytes, little-endian; a JSON header {name: {dtype, shape, data_offsets}}, which spaces may fill up; then the values,
// little-endian too, tensor after tensor without a hole. Typed arrays are little-endian wherever TensorFlow runs.

export type StoredValues = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface StoredTensor {
  readonly dims: readonly number[];
  readonly values: StoredValues;
}

/** bytes: of one value. */
interface StoredType {
  readonly bytes: number;
  read(buffer: ArrayBuffer): StoredValues;
}

/** What is read; the half-width floats are not written. */
const TYPES: Readonly<Record<string, StoredType>> = {
  F64: { bytes: 8, read: buffer => new Float64Array(buffer) },
  F32: { bytes: 4, read: buffer => new Float32Array(buffer) },
  I32: { bytes: 4, read: buffer => new Int32Array(buffer) },
  F16: { bytes: 2, read: buffer => Float32Array.from(new Uint16Array(buffer), widenHalf) },
  BF16: { bytes: 2, read: widenBfloat },
  U8: { bytes: 1, read: buffer => new Uint8Array(buffer) },
};

const LENGTH_BYTES = 8;
const LARGEST_HEADER = 100_000_000; // that of the Rust reader
const METADATA = '__metadata__';

/**
 * A file as bytes. The widest values come first, so that every tensor is aligned.
 *
 * @param metadata free text by key, e.g. {format: 'pt'}, without which transformers refuses a file
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  let end = 0;
  const described = entries.map(([name, { dims, values }]) => {
    if (name === METADATA) fail(mustBe('tensor name', `another than ${METADATA}, which is reserved`, name));
    if (countValues(dims) !== values.length)
      fail(
        `tensor ${name} must have ${countValues(dims)} values for its dims [${dims.join(', ')}], got ${values.length}`,
      );
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: typeOf(values), shape: dims, data_offsets: [begin, end] }] as const;
  });
  const first = metadata === undefined ? [] : [[METADATA, metadata] as const];
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...first, ...described])));
  const start = LENGTH_BYTES + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 0, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  bytes.set(header, LENGTH_BYTES);
  for (const [i, [, { values }]] of entries.entries())
    bytes.set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      start + described[i][1].data_offsets[0],
    );
  return bytes;
}

const countValues = (dims: readonly number[]) => dims.reduce((count, dim) => count * dim, 1);

function typeOf(values: StoredValues): string {
  if (values instanceof Float32Array) return 'F32';
  if (values instanceof Float64Array) return 'F64';
  return values instanceof Int32Array ? 'I32' : 'U8';
}

/** Every tensor of a file, in its order. A file that is damaged or cut off is refused. `where` names it in the message. */
export function decodeSafetensors(
  bytes: Uint8Array,
  where: string,
): { tensors: Map<string, StoredTensor>; metadata: Record<string, string> } {
  const { header, start } = parseHeader(bytes, where);
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || !Object.values(metadata).every(value => typeof value === 'string'))
    fail(mustBe(`${where}: ${METADATA}`, 'an object of texts', metadata));
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => parseEntry(name, value, where))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin !== end)
      fail(
        `${where}: tensor ${shown(entry.name)} must begin at ${end}, where the one before it ends, got ${entry.begin}`,
      );
    end = entry.end;
  }
  if (start + end !== bytes.length)
    fail(`${where} must have ${start + end} bytes, as its header says, got ${bytes.length}`);
  const values = (begin: number, to: number) => {
    const from = bytes.byteOffset + start;
    return bytes.buffer.slice(from + begin, from + to) as ArrayBuffer;
  };
  const tensors = new Map(
    entries.map(({ name, dims, type, ...at }) => [name, { dims, values: type.read(values(at.begin, at.end)) }]),
  );
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < LENGTH_BYTES) fail(`${where} must have at least ${LENGTH_BYTES} bytes, got ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = LENGTH_BYTES + length;
  if (!(length >= 2 && length <= LARGEST_HEADER))
    fail(outsideRange(`${where}: header bytes`, `[2, ${LARGEST_HEADER}]`, length));
  if (start > bytes.length) fail(`${where} must have ${start} bytes of header, got ${bytes.length}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, start));
    const header: unknown = JSON.parse(text);
    if (!isRecord(header)) return fail(mustBe(`${where}: header`, 'a JSON object', text));
    checkNoneTwice(text, header, where);
    return { header, start };
  } catch (error) {
    if (error instanceof TypeError) return fail(`${where}: header must be UTF-8 text, got other bytes`);
    if (error instanceof SyntaxError) return fail(`${where}: header must be JSON, got ${error.message}`);
    throw error;
  }
}

/** JSON.parse keeps the last of equal keys, so the keys of the text are counted. A quote inside a JSON text is escaped. */
function checkNoneTwice(text: string, header: Record<string, unknown>, where: string): void {
  const names = [...Object.entries(header), ...Object.values(header).filter(isRecord).flatMap(Object.entries)];
  const there = names.filter(([name]) => name === 'data_offsets').length;
  const written = text.match(/"data_offsets"\s*:/g)?.length ?? 0;
  if (written !== there) fail(`${where} must name each tensor once, got ${written} tensors of ${there} names`);
}

function parseEntry(name: string, value: unknown, where: string) {
  const what = `${where}: tensor ${shown(name)}`;
  if (!isRecord(value)) return fail(mustBe(what, 'an object', value));
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(TYPES, dtype))
    return fail(`${what}: ${unknownName('dtype', String(dtype), Object.keys(TYPES))}`);
  if (!areSizes(shape)) return fail(mustBe(`${what}: shape`, 'an array of sizes', JSON.stringify(shape)));
  if (!areSizes(offsets) || offsets.length !== 2)
    return fail(mustBe(`${what}: data_offsets`, 'two sizes', JSON.stringify(offsets)));
  const [begin, end] = offsets;
  const size = countValues(shape) * TYPES[dtype].bytes;
  if (end - begin !== size)
    fail(`${what} must have ${size} bytes as ${dtype} [${shape.join(', ')}], got ${end - begin}`);
  return { name, dims: shape, type: TYPES[dtype], begin, end };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0);

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat(buffer: ArrayBuffer): Float32Array {
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), bits => bits << 16).buffer);
}

import { fail, mustBe, shown, unknownName } from '../base/index.js';
import { ALIASES, PRESETS, type PresetName, preset } from './presets.js';
import { checkNumber, checkShape, type NumberField, type Shape, sameShape } from './shape.js';

// The grammar of the released checkpoints, SIZE(-OPERATOR VALUE)*, e.g. small-el16-dl4, and what we add to it so that
// every shape has a name: -ff=9000 (exactly 9000), -v250112 (vocabulary), -gated | -relu, -untied | -tied.

/** Order in which a name lists its operators, that of the released names (large-nh8-nl32, small-el16-dl4). */
const FIELDS = {
  nh: ['num_heads'],
  kv: ['d_kv'],
  dm: ['d_model'],
  ff: ['d_ff'],
  nl: ['num_layers', 'num_decoder_layers'],
  el: ['num_layers'],
  dl: ['num_decoder_layers'],
  v: ['vocab_size'],
} as const satisfies Record<string, readonly NumberField[]>;
type Operator = keyof typeof FIELDS;

const SWITCHES: Readonly<Record<string, Partial<Shape>>> = {
  gated: { feed_forward_proj: 'gated-gelu' },
  relu: { feed_forward_proj: 'relu' },
  untied: { tie_word_embeddings: false },
  tied: { tie_word_embeddings: true },
};

/** Released under a name that does not say all that differs from its size. Source: their config.json. */
const RELEASED_EXCEPTIONS: Readonly<Record<string, Partial<Shape>>> = {
  'xxl-nl4': { num_layers: 4, num_decoder_layers: 4, d_kv: 64, num_heads: 32 },
};

/** Layers of the stack that a tiny-el* or tiny-dl* name leaves out: not tiny's own 4. Source: released file sizes. */
const TINY_OTHER_STACK = 12;

/** In names, k is 1024: dm1000 is 1024 and ff9000 is 9216. `=` takes the digits as they are. */
const WRITTEN_IN_K: readonly string[] = ['dm', 'ff'];

/**
 * The shape of a name: a size, or a size with operators as in the released checkpoints.
 * A leading `google/`, `t5-efficient-` or `t5-` is ignored, `v1_1` is `v1.1`.
 *
 * @example parseShape('small-el16-dl4').num_layers // => 16
 * @example parseShape('base-ff9000').d_ff // => 9216
 */
export function parseShape(name: string): Shape {
  const bare = name
    .trim()
    .toLowerCase()
    .replace(/^google\//, '')
    .replace(/^t5-(efficient-)?/, '')
    .replace(/^v1_1/, 'v1.1');
  const size = sizeOf(bare, name);
  const parts = bare.split('-').slice(size.words);
  const exception = RELEASED_EXCEPTIONS[bare];
  const changes = exception ?? parseParts(parts, size.preset, name);
  return checkShape({ ...preset(size.preset), ...changes }, `shape ${shown(name)}`);
}

function sizeOf(bare: string, name: string): { preset: PresetName; words: number } {
  const [first, second] = bare.split('-');
  const words = first === 'v1.1' ? 2 : 1;
  const written = words === 2 ? `${first}-${second}` : first;
  const found = Object.hasOwn(ALIASES, written) ? ALIASES[written] : written;
  if (!Object.hasOwn(PRESETS, found))
    fail(`${unknownName('size', written, Object.keys(PRESETS))}, in shape ${shown(name)}`);
  return { preset: found as PresetName, words };
}

function parseParts(parts: readonly string[], size: PresetName, name: string): Partial<Shape> {
  const changes: Partial<Record<keyof Shape, Shape[keyof Shape]>> = {};
  const set = (change: Partial<Shape>, part: string) => {
    for (const field of Object.keys(change) as (keyof Shape)[])
      if (field in changes) fail(`shape ${shown(name)} must set ${field} once, got ${shown(part)} after another`);
    Object.assign(changes, change);
  };
  for (const part of parts) set(Object.hasOwn(SWITCHES, part) ? SWITCHES[part] : parsePart(part, name), part);
  if (size === 'tiny' && 'num_layers' in changes !== 'num_decoder_layers' in changes)
    set('num_layers' in changes ? { num_decoder_layers: TINY_OTHER_STACK } : { num_layers: TINY_OTHER_STACK }, 'tiny');
  return changes as Partial<Shape>;
}

function parsePart(part: string, name: string): Partial<Shape> {
  const [, operator, exact, digits] = /^([a-z]+)(=?)(.*)$/.exec(part) ?? [];
  const where = `shape ${shown(name)}`;
  if (operator === 'sh' || operator === 'skv')
    fail(
      `${where} shares heads or keys and values (${operator}), which is not modelled; name a shape without ${operator}`,
    );
  if (operator === undefined || !Object.hasOwn(FIELDS, operator))
    fail(`${unknownName('operator', part, [...Object.keys(FIELDS), ...Object.keys(SWITCHES)])}, in ${where}`);
  if (!/^\d+$/.test(digits)) fail(mustBe(`${where}: ${operator}`, 'a whole number', digits || part));
  const number = Number(digits);
  const value = !exact && WRITTEN_IN_K.includes(operator) && number % 1000 === 0 ? (number / 1000) * 1024 : number;
  const fields = FIELDS[operator as Operator];
  return Object.fromEntries(fields.map(field => [field, checkNumber(value, field, where)]));
}

/**
 * The shortest name of a shape, the released one where there is one; parseShape gives the shape back.
 * (12 + 12 layers of tiny were released twice, as tiny-nl12 and tiny-el12: the name is tiny-nl12.)
 */
export function shapeName(shape: Shape): string {
  checkShape(shape);
  const released = Object.keys(RELEASED_EXCEPTIONS).find(name => sameShape(parseShape(name), shape));
  if (released !== undefined) return released;
  const candidates = (Object.keys(PRESETS) as PresetName[]).map(size => nameFrom(size, shape));
  return candidates.reduce((best, name) => (countParts(name) < countParts(best) ? name : best));
}

const countParts = (name: string) => name.replace('v1.1-', '').split('-').length;

function nameFrom(size: PresetName, shape: Shape): string {
  const own = preset(size);
  const parts: string[] = [];
  const write = (operator: Operator, value: number) => parts.push(operator + written(operator, value));
  if (shape.num_heads !== own.num_heads) write('nh', shape.num_heads);
  if (shape.d_kv !== own.d_kv) write('kv', shape.d_kv);
  if (shape.d_model !== own.d_model) write('dm', shape.d_model);
  if (shape.d_ff !== own.d_ff) write('ff', shape.d_ff);
  for (const [operator, value] of depthParts(size, shape)) write(operator, value);
  if (shape.vocab_size !== own.vocab_size) write('v', shape.vocab_size);
  if (shape.feed_forward_proj !== own.feed_forward_proj)
    parts.push(own.feed_forward_proj === 'relu' ? 'gated' : 'relu');
  if (shape.tie_word_embeddings !== own.tie_word_embeddings) parts.push(own.tie_word_embeddings ? 'untied' : 'tied');
  const name = [size, ...parts].join('-');
  // a released exception owns the plain name; spelling out the heads gets round it
  if (sameShape(parseShape(name), shape)) return name;
  return [size, `nh${shape.num_heads}`, `kv${shape.d_kv}`, ...parts].join('-');
}

function depthParts(
  size: PresetName,
  { num_layers: encoder, num_decoder_layers: decoder }: Shape,
): [Operator, number][] {
  const own = PRESETS[size];
  if (encoder === own.num_layers && decoder === own.num_decoder_layers) return [];
  if (encoder === decoder) return [['nl', encoder]];
  const other =
    size === 'tiny'
      ? { encoder: TINY_OTHER_STACK, decoder: TINY_OTHER_STACK }
      : { encoder: own.num_layers, decoder: own.num_decoder_layers };
  if (decoder === other.decoder) return [['el', encoder]];
  if (encoder === other.encoder) return [['dl', decoder]];
  return [
    ['el', encoder],
    ['dl', decoder],
  ];
}

function written(operator: Operator, value: number): string {
  if (!WRITTEN_IN_K.includes(operator)) return String(value);
  if (value % 1024 === 0 && (value / 1024) * 1000 >= 1000) return String((value / 1024) * 1000);
  return value % 1000 === 0 ? `=${value}` : String(value);
}

import { fail, mustBe, unknownName } from '../base/index.js';
import { checkSpace, range, type ShapeSpace, T5_SPACE, WIDE_SPACE } from './space.js';

/** Spaces that have a name. */
export const SPACES: Readonly<Record<string, ShapeSpace>> = { t5: T5_SPACE, wide: WIDE_SPACE };

/** Numbers in a list, more would never be meant. */
const MOST = 10_000;

/** Numbers as people write them, each once. @example parseList('4..8:2, 12', 'layers') // => [4, 6, 8, 12] */
export function parseList(text: string, subject: string): number[] {
  const values = text.split(',').flatMap(part => parsePart(part.trim(), text, subject));
  if (values.length > MOST) fail(mustBe(subject, `a list of at most ${MOST} numbers`, `${values.length}`));
  return [...new Set(values)];
}

function parsePart(part: string, text: string, subject: string): number[] {
  const [, from, to, step = '1'] = /^([\d.]+?)(?:\.\.([\d.]+?)(?::([\d.]+))?)?$/.exec(part) ?? [];
  const [first, last, by] = [from, to ?? from, step].map(Number);
  if (!(first > 0 && last >= first && by > 0 && (last - first) / by <= MOST))
    fail(mustBe(subject, 'numbers such as 4, 8..32 or 256..4096:64', text));
  return range(first, last, by);
}

/** Fields of a space on the wire, and the fields here. */
const FIELDS = {
  num_layers: 'num_layers',
  num_decoder_layers: 'num_decoder_layers',
  d_model: 'd_model',
  ff_ratio: 'ffRatio',
  d_kv: 'd_kv',
  inner_ratio: 'innerRatio',
  vocab_size: 'vocab_size',
  aspect: 'aspect',
} as const;

/**
 * A space of shapes from a YAML or JSON mapping: `base`, t5 or wide, and what differs from it. Lists are lists of numbers
 * or texts such as `256..4096:64`; num_decoder_layers may be `equal`; aspect, d_model over num_layers, is `16..128` or any.
 *
 * @param otherwise where no base is named
 * @example parseSpace({ base: 't5', d_model: '256..1024:128' }, 'space.yaml').d_model[1] // => 384
 */
export function parseSpace(value: unknown, where: string, otherwise: ShapeSpace): ShapeSpace {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(mustBe(where, 'a mapping', value));
  const { base, ...entries } = value as Record<string, unknown>;
  if (base !== undefined && !(typeof base === 'string' && Object.hasOwn(SPACES, base)))
    fail(mustBe(`${where}: base`, Object.keys(SPACES).join(' or '), base));
  for (const name of Object.keys(entries))
    if (!Object.hasOwn(FIELDS, name)) fail(`${where}: ${unknownName('field', name, ['base', ...Object.keys(FIELDS)])}`);
  const changes = Object.entries(entries).map(([name, entry]) => [
    FIELDS[name as keyof typeof FIELDS],
    parseEntry(name, entry, `${where}: ${name}`),
  ]);
  const space = { ...(base === undefined ? otherwise : SPACES[base as string]), ...Object.fromEntries(changes) };
  checkSpace(space, where);
  return space;
}

function parseEntry(name: string, entry: unknown, where: string): unknown {
  if (name === 'num_decoder_layers' && entry === 'equal') return entry;
  if (name === 'vocab_size') return entry;
  if (name === 'aspect') return parseAspect(entry, where);
  if (typeof entry === 'string') return parseList(entry, where);
  const list = Array.isArray(entry) ? entry : [entry];
  const bad = list.find(item => typeof item !== 'number');
  return bad === undefined ? list : fail(mustBe(where, 'numbers, or a text such as 8..32:4', bad));
}

function parseAspect(entry: unknown, where: string): readonly [number, number] | undefined {
  if (entry === 'any') return undefined;
  const [, low, high] = /^([\d.]+?)\.\.([\d.]+)$/.exec(String(entry)) ?? [];
  const [from, to] = [Number(low), Number(high)];
  return from > 0 && to >= from ? [from, to] : fail(mustBe(where, 'LOW..HIGH or any', entry));
}

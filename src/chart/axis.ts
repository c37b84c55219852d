import { format } from '../base/index.js';

/** How numbers are written: as powers of ten, with SI prefixes (B for 1e9), as they are, as percent, as bytes (binary). */
export type Notation = 'power' | 'si' | 'plain' | 'percent' | 'bytes';

/** [from, to], from < to. */
export type Range = readonly [number, number];

const SUPERSCRIPTS = [
  '\u2070',
  '\u00b9',
  '\u00b2',
  '\u00b3',
  '\u2074',
  '\u2075',
  '\u2076',
  '\u2077',
  '\u2078',
  '\u2079',
];
const SUPER_MINUS = '\u207b';
const TIMES = '\u00d7';

const superscript = (exponent: number) =>
  [...String(exponent)].map(digit => (digit === '-' ? SUPER_MINUS : SUPERSCRIPTS[Number(digit)])).join('');

/** A number in scientific notation for people. @example scientific(5.24e18) // => '5.24\u00d710\u00b9\u2078' */
export function scientific(value: number, significant = 3): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const [mantissa, exponent] = value.toExponential(significant - 1).split('e');
  return `${Number(mantissa)}${TIMES}10${superscript(Number(exponent))}`;
}

const SHOWN: Record<Notation, (value: number) => string> = {
  power: scientific,
  si: format.count,
  plain: format.digits,
  percent: format.percent,
  bytes: format.bytes,
};

/** A number in this notation, with three or four significant digits: for tooltips. */
export const shownNumber = (value: number, notation: Notation) => SHOWN[notation](value);

// Expressions are constants of this file. Values from data reach them only as `datum.value`, a number.
const EXPONENT = 'floor(log(datum.value) / LN10 + 1e-9)';
const MANTISSA = `round(100 * datum.value / pow(10, ${EXPONENT})) / 100`;
const DIGITS = `['${SUPERSCRIPTS.join("','")}']`;
const RAISED =
  `(${EXPONENT} < 0 ? '${SUPER_MINUS}' : '')` +
  ` + (abs(${EXPONENT}) >= 10 ? ${DIGITS}[floor(abs(${EXPONENT}) / 10)] : '')` +
  ` + ${DIGITS}[abs(${EXPONENT}) % 10]`;

/** Digits after the point that tell these ticks apart. */
const decimalsOf = (ticks: readonly number[]) =>
  Math.max(0, ...ticks.map(tick => String(Number(tick.toPrecision(12))).split('.')[1]?.length ?? 0));

/** The Vega expression that writes the labels of these ticks. */
export function labelExpression(notation: Notation, ticks: readonly number[], log = false): string {
  switch (notation) {
    case 'power':
      return `datum.value == 0 ? '0' : (${MANTISSA} == 1 ? '' : ${MANTISSA} + '${TIMES}') + '10' + ${RAISED}`;
    case 'si':
      return "replace(format(datum.value, '.3~s'), 'G', 'B')";
    case 'percent':
      return "format(datum.value * 100, '~r') + ' %'";
    default:
      return log ? "format(datum.value, ',~r')" : `format(datum.value, ',.${decimalsOf(ticks)}f')`;
  }
}

/** Ends of ranges keep this many digits: more would only make specifications long. */
const RANGE_DIGITS = 8;
const short = (value: number) => Number(value.toPrecision(RANGE_DIGITS));

function widened([from, to]: Range, share: number): Range {
  const length = to - from || Math.abs(from) || 1;
  return [from - share * length, to + share * length];
}

/** Widens a range by a share of its length at both ends; on a log axis, of its length in logs. A point gets a length. */
export function padRange([from, to]: Range, share: number, log = false): Range {
  const [low, high] = log ? widened([Math.log(from), Math.log(to)], share).map(Math.exp) : widened([from, to], share);
  return [short(low), short(high)];
}

/** The smallest range that holds all values. */
export const rangeOf = (values: readonly number[]): Range =>
  values.reduce<Range>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);

function decadesWithin([from, to]: Range, mantissas: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++)
    for (const mantissa of mantissas) {
      const tick = Number(`${mantissa}e${power}`);
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  return ticks;
}

/** Leading digits of the ticks between powers of ten, dense ones first. */
const DENSITIES = [[1, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1, 3], [1]];

/**
 * Ticks of a log axis that read well: powers of ten, thinned where they would touch;
 * on a short axis also their doubles and fives, or every leading digit; round steps within one digit.
 *
 * @param pixels length of the axis
 * @param gap pixels that one label needs, default 56
 */
export function logTicks(range: Range, pixels: number, gap = 56): number[] {
  const room = Math.max(2, Math.floor(pixels / gap));
  const powers = decadesWithin(range, [1]);
  if (powers.length > room) {
    const every = Math.ceil(powers.length / room);
    return powers.filter(tick => Math.round(Math.log10(tick)) % every === 0);
  }
  for (const least of [3, 2])
    for (const mantissas of DENSITIES) {
      const ticks = decadesWithin(range, mantissas);
      if (ticks.length >= least && ticks.length <= room) return ticks;
    }
  return linearTicks(range, room);
}

/** Round numbers within a range, at most `count` of them. */
export function linearTicks([from, to]: Range, count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(size => size >= rough * (1 - 1e-9))!;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** A map from data to pixels. */
export type Project = (value: number) => number;

/** Projects a range onto pixels, as a Vega scale of the same domain does. */
export function project([from, to]: Range, [start, end]: Range, log = false): Project {
  const at = log ? Math.log : (value: number) => value;
  return value => start + ((at(value) - at(from)) / (at(to) - at(from))) * (end - start);
}

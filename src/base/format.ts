/** Number formats for people. Tables and messages use these; JSON never does. */

const SCALES = [
  [1e24, 'Y'],
  [1e21, 'Z'],
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Significant digits without exponents where they read badly. @example digits(0.00123456, 3) // => '0.00123' */
export function digits(value: number, significant = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(significant - 1).replace('e+', 'e');
  return String(Number(value.toPrecision(significant)));
}

/** With an SI prefix, three significant digits. @example si(60506624) // => '60.5M' */
export function si(value: number, unit = ''): string {
  if (!Number.isFinite(value)) return String(value);
  const scale = SCALES.find(([limit]) => Math.abs(value) >= limit * 0.9995);
  if (!scale) return `${Number(value.toPrecision(3))}${unit && ` ${unit}`}`;
  const text = (value / scale[0]).toPrecision(3);
  return `${text.includes('e') ? Number(text) : text}${unit ? ` ${scale[1]}${unit}` : scale[1]}`;
}

/** Counts of parameters: billions are B, as the field writes them. @example count(2851598336) // => '2.85B' */
export const count = (value: number) => si(value).replace('G', 'B');

/** Bytes in binary units. @example bytes(1536) // => '1.50 KiB' */
export function bytes(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10)));
  const scaled = value / 1024 ** power;
  return `${power === 0 ? Math.round(scaled) : scaled.toPrecision(Math.max(3, String(Math.trunc(scaled)).length))} ${units[power]}`;
}

/** A duration. @example seconds(93.2) // => '1 min 33 s' */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value < 0.9995) return `${Number((value * 1000).toPrecision(3))} ms`;
  if (value < 59.95) return `${value.toPrecision(3)} s`;
  const whole = Math.round(value);
  if (whole < 5400) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${digits(value / 3600, 3)} h`;
}

/** Text without control characters: on one line, and harmless on a terminal. */
export const plain = (text: string) => text.replace(/\p{Cc}+/gu, ' ');

/** @example percent(0.631) // => '63.1 %' */
export const percent = (share: number, decimals = 1) => `${(share * 100).toFixed(decimals)} %`;

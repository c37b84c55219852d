import { fail, mustBe } from '../base/index.js';
import type { Rates } from '../cost/index.js';
import type { Calibration } from './step-time-calibration.js';

const RATES = ['peak', 'reach', 'half', 'bandwidth', 'moves', 'launch', 'overlap', 'spread'] as const;

/** As a file: snake_case, numbers as they are. */
export function calibrationWire({ name, rates, fit }: Calibration) {
  const { leaveOneOut, draws, ...rest } = fit;
  return {
    kind: KIND,
    name,
    rates,
    fit: {
      ...rest,
      leave_one_out: { ...leaveOneOut, errors: [...leaveOneOut.errors] },
      draws: draws.map(draw => [...draw]),
    },
  };
}

const KIND = 'step-time calibration';

/** A calibration from its file; `where` begins the message. Fields beside these are welcome. */
export function parseCalibration(value: unknown, where: string): Calibration {
  const top = fields(value, where);
  if (top.kind !== KIND) fail(mustBe(`${where}: kind`, JSON.stringify(KIND), top.kind));
  const rates = fields(top.rates, `${where}: rates`);
  const fit = fields(top.fit, `${where}: fit`);
  const held = fields(fit.leave_one_out, `${where}: fit.leave_one_out`);
  const constants = numbers(fit.constants, `${where}: fit.constants`);
  const names = Object.keys(constants);
  return {
    name: typeof top.name === 'string' ? top.name : fail(mustBe(`${where}: name`, 'a text', top.name)),
    rates: {
      ...(Object.fromEntries(RATES.map(name => [name, number(rates[name], `${where}: rates.${name}`)])) as Omit<
        Rates,
        'links' | 'scale'
      >),
      links: numbers(rates.links, `${where}: rates.links`),
      scale: numbers(rates.scale, `${where}: rates.scale`),
    },
    fit: {
      constants,
      intervals: pairs(fit.intervals, names, `${where}: fit.intervals`),
      measured: pairs(fit.measured, names, `${where}: fit.measured`),
      scatter: number(fit.scatter, `${where}: fit.scatter`),
      level: number(fit.level, `${where}: fit.level`),
      leaveOneOut: {
        median: number(held.median, `${where}: fit.leave_one_out.median`),
        p90: number(held.p90, `${where}: fit.leave_one_out.p90`),
        largest: number(held.largest, `${where}: fit.leave_one_out.largest`),
        errors: Float64Array.from(list(held.errors, `${where}: fit.leave_one_out.errors`)),
      },
      draws: rows(fit.draws, `${where}: fit.draws`).map((draw, i) => {
        const values = list(draw, `${where}: fit.draws ${i + 1}`);
        if (values.length !== names.length)
          fail(mustBe(`${where}: fit.draws ${i + 1}`, `${names.length} numbers`, values.length));
        return Float64Array.from(values);
      }),
    },
  };
}

const fields = (value: unknown, where: string): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail(mustBe(where, 'a mapping', value));

const number = (value: unknown, where: string): number =>
  typeof value === 'number' && value >= 0 && value < Infinity
    ? value
    : fail(mustBe(where, 'a number from 0 up', value));

const numbers = (value: unknown, where: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(fields(value, where)).map(([name, each]) => [name, number(each, `${where}.${name}`)]),
  );

const rows = (value: unknown, where: string): unknown[] =>
  Array.isArray(value) ? value : fail(mustBe(where, 'a list', value));

const list = (value: unknown, where: string): number[] =>
  rows(value, where).map((each, i) =>
    typeof each === 'number' && Number.isFinite(each) ? each : fail(mustBe(`${where}, ${i + 1}`, 'a number', each)),
  );

function pairs(value: unknown, names: readonly string[], where: string): Record<string, readonly [number, number]> {
  const given = fields(value, where);
  return Object.fromEntries(
    names.map(name => {
      const pair = list(given[name], `${where}.${name}`);
      return [
        name,
        pair.length === 2 ? [pair[0], pair[1]] : fail(mustBe(`${where}.${name}`, 'two numbers', pair.length)),
      ];
    }),
  );
}

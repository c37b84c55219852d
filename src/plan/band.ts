import type { Search } from './search.js';

/** The band of shapes that are as good: their loss is within 0.1 % of the best. */
export const EQUAL_LOSS = 1e-3;

export interface Band {
  readonly shapes: number;
  /** Smallest and largest d_model over encoder layers. */
  readonly aspect: readonly [number, number];
  readonly params: readonly [number, number];
  readonly layers: readonly [number, number];
}

/** A shape of the band, and what it has more of, or less, than any other as good. */
export interface BandEnd {
  readonly row: number;
  readonly why: string;
}

/** What may decide among equals; the smallest wins. */
function measuresOf({ costs, spending }: Search): readonly (readonly [string, (row: number) => number])[] {
  const { shapes, params, layers, deviceBytes, stepFlops, tokenFlops, secondsPerStep } = costs;
  return [
    ['fewest layers: least latency', row => layers[row]],
    ['most layers', row => -layers[row]],
    tokenFlops
      ? ['cheapest to generate with', row => tokenFlops[row]]
      : ['fewest decoder layers', row => shapes.num_decoder_layers[row]],
    ['fewest parameters', row => params[row]],
    ['least memory in training', row => deviceBytes[row]],
    secondsPerStep ? ['fastest steps', row => secondsPerStep[row]] : ['cheapest steps', row => stepFlops[row]],
    ['fewest tokens', row => spending.tokens[row]],
  ];
}

/** All shapes as good as the best: what they span, and among them the ends of what else may decide. */
export function findBand(search: Search): { readonly band: Band; readonly ends: readonly BandEnd[] } {
  const { costs, spending, kept, best } = search;
  const { shapes, params, layers } = costs;
  const limit = spending.loss[best] * (1 + EQUAL_LOSS);
  const measures = measuresOf(search);
  const ends = measures.map(() => best);
  const spans = { aspect: [Infinity, 0], params: [Infinity, 0], layers: [Infinity, 0] } satisfies Record<
    string,
    number[]
  >;
  const stretch = (span: number[], value: number) => {
    span[0] = Math.min(span[0], value);
    span[1] = Math.max(span[1], value);
  };
  let count = 0;
  for (let row = 0; row < kept.length; row++) {
    if (!kept[row] || !(spending.loss[row] <= limit)) continue;
    count++;
    for (let i = 0; i < ends.length; i++) if (measures[i][1](row) < measures[i][1](ends[i])) ends[i] = row;
    stretch(spans.aspect, shapes.d_model[row] / shapes.num_layers[row]);
    stretch(spans.params, params[row]);
    stretch(spans.layers, layers[row]);
  }
  const whys = new Map<number, string[]>();
  for (const [i, row] of ends.entries()) if (row !== best) whys.set(row, [...(whys.get(row) ?? []), measures[i][0]]);
  return {
    band: { shapes: count, ...(spans as unknown as Omit<Band, 'shapes'>) },
    ends: [...whys].map(([row, why]) => ({ row, why: why.join('; ') })),
  };
}

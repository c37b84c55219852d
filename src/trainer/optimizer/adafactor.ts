import {
  add,
  assign,
  div,
  type Effect,
  type Graph,
  maximum,
  mean,
  mul,
  placeholder,
  read,
  reshape,
  rsqrt,
  sqrt,
  square,
  sub,
  type Value,
  variable,
} from '../../graph/index.js';
import type { Group } from '../params.js';
import type { Optimizer } from './optimizer.js';

/** Added to squared gradients. */
const EPSILON = 1e-30;
/** A tensor whose RMS is less moves as if it had this one. */
const SMALLEST_RMS = 1e-3;
/** Largest RMS of an update before it is scaled. */
const LARGEST_UPDATE = 1;
const DECAY = 0.8;

/**
 * Adafactor as T5 is trained with it: no momentum, second moments of matrices kept as row and column means with decay
 * 1 - t^-0.8, updates clipped to RMS 1 and scaled by the tensor's RMS. Each tensor by itself, whatever it is stacked with.
 * Source: Shazeer and Stern 2018, algorithms 4 and 5; their section 9 lists the constants.
 *
 * @param rates full relative rate of each group
 */
export function createAdafactor(graph: Graph, rates: Readonly<Record<Group, number>>): Optimizer {
  const rate = placeholder(graph, 'adafactor.rate', []);
  const share = placeholder(graph, 'adafactor.share', []); // 1 - decay
  const follow = (name: string, squares: Value): [Value, Effect] => {
    const state = variable(graph, `adafactor.${name}`, squares.dims);
    const moved = add(read(state), mul(sub(squares, read(state)), share));
    return [moved, assign(state, moved)];
  };
  return {
    update: ({ state, value, name, parts, group }, gradient) => {
      const dims = [parts.length, ...parts[0].dims]; // tensors apart: [n, out, in] or [n, width]
      const slope = reshape(gradient, dims);
      const squares = add(square(slope), EPSILON);
      const { direction, effects } =
        dims.length === 2 ? plainMoment(slope, squares, name, follow) : factoredMoments(slope, squares, name, follow);
      const before = reshape(value, dims);
      const scale = div(
        mul(maximum(rootMeanSquare(before), SMALLEST_RMS), mul(rate, rates[group])),
        maximum(div(rootMeanSquare(direction), LARGEST_UPDATE), 1),
      );
      const after = sub(before, mul(direction, scale));
      return [assign(state, reshape(after, state.dims)), ...effects];
    },
    feeds: (step, scheduled) => ({ 'adafactor.rate': scheduled, 'adafactor.share': step ** -DECAY }),
  };
}

/** A running mean of squared gradients, and the effect that keeps it. */
type Follow = (name: string, squares: Value) => [Value, Effect];

interface Step {
  readonly direction: Value;
  readonly effects: readonly Effect[];
}

function plainMoment(slope: Value, squares: Value, name: string, follow: Follow): Step {
  const [moment, effect] = follow(`squares.${name}`, squares);
  return { direction: mul(slope, rsqrt(moment)), effects: [effect] };
}

/** The second moment of an entry is row mean * column mean / mean of all. */
function factoredMoments(slope: Value, squares: Value, name: string, follow: Follow): Step {
  const keepDims = true;
  const [rows, rowEffect] = follow(`rows.${name}`, mean(squares, [2], { keepDims })); // -> [n, out, 1]
  const [columns, columnEffect] = follow(`columns.${name}`, mean(squares, [1], { keepDims })); // -> [n, 1, in]
  const relative = div(rows, mean(rows, [1], { keepDims }));
  const direction = mul(mul(slope, rsqrt(relative)), rsqrt(columns));
  return { direction, effects: [rowEffect, columnEffect] };
}

/** Of each tensor. [n, ...] -> [n, 1 ...] */
const rootMeanSquare = (x: Value) => sqrt(mean(square(x), [...x.dims.keys()].slice(1), { keepDims: true }));

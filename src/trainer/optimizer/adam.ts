import { type Graph, mul, placeholder, resourceApplyAdam, variable } from '../../graph/index.js';
import type { Group } from '../params.js';
import { RECIPE } from '../recipe.js';
import type { Optimizer } from './optimizer.js';

/**
 * Adam, algorithm 1 of Kingma and Ba 2015, with the betas and the epsilon of the recipe. The bias corrections
 * 1 / (1 - beta^t) come as factors of the rate and of epsilon, computed in double precision.
 *
 * @param rates full rate of each group
 */
export function createAdam(graph: Graph, rates: Readonly<Record<Group, number>>): Optimizer {
  const { beta1, beta2 } = RECIPE;
  const rate = placeholder(graph, 'adam.rate', []);
  const epsilon = placeholder(graph, 'adam.epsilon', []);
  return {
    update: ({ state, name, group }, gradient) => {
      const [first, second] = ['first', 'second'].map(moment => variable(graph, `adam.${moment}.${name}`, state.dims));
      const settings = { beta1Power: 0, beta2Power: 0, beta1, beta2, rate: mul(rate, rates[group]), epsilon };
      return [resourceApplyAdam({ variable: state, first, second, gradient, ...settings })];
    },
    feeds: (step, share) => {
      const root = Math.sqrt(1 - beta2 ** step);
      return { 'adam.rate': (share * root) / (1 - beta1 ** step), 'adam.epsilon': RECIPE.epsilon * root };
    },
  };
}

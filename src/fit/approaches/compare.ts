import type { Columns } from '../../base/index.js';
import type { Law } from '../../law/index.js';
import { type Fit, fitLaw } from '../fit.js';
import { findEnvelopeOptima } from './envelope.js';
import { type ComputeLaw, fitComputeLaw } from './exponent.js';
import { findIsoFlopOptima } from './iso-flop.js';

/** What one approach says of the best size N = coefficient * C^exponent. */
export interface ApproachResult {
  readonly approach: '1 envelope' | '2 parabola' | '2 akima' | '3 parametric';
  /** null where the approach cannot be taken; `note` says why. */
  readonly N: Pick<ComputeLaw, 'exponent' | 'coefficient'> | null;
  readonly note: string;
}

export interface ApproachOptions {
  /** The run of each row: rows of a run are its training curve. Without it approach 1 is not taken. */
  readonly run?: ArrayLike<number | string>;
}

/**
 * The best size for a budget of C = 6 N D by each approach of Hoffmann 2022, side by side; from columns C, N, D, loss.
 *
 * They differ on the same rows. On an exact surface the parabola misses the coefficient wherever alpha and beta differ,
 * the envelope moves in steps of the sizes trained, and the parametric fit, by variable projection, is exact.
 *
 * @param law E + A / N^alpha + B / D^beta: findLaw('chinchilla')
 */
export function compareApproaches(columns: Columns, law: Law, { run }: ApproachOptions = {}): ApproachResult[] {
  const { C, N, loss } = columns;
  const isoFlop = (method: 'parabola' | 'akima') => () => {
    const { optima, skipped } = findIsoFlopOptima({ C, size: N, loss }, { method });
    const found = fitComputeLaw(optima);
    return { N: found, note: `${optima.length} budgets with an optimum, ${skipped.length} without` };
  };
  const envelope = () => {
    if (run === undefined) return { N: null, note: 'needs training curves' };
    const optima = findEnvelopeOptima({ run, C, size: N, loss });
    return { N: fitComputeLaw(optima), note: `${new Set(optima.map(({ best }) => best)).size} sizes on the envelope` };
  };
  const parametric = () => {
    const fit = fitLaw(columns, law, { rho: 'squared', residual: 'linear' });
    return { N: parametricLaw(fit), note: `fit ${fit.status}` };
  };
  return [
    { approach: '1 envelope', ...tryIt(envelope) },
    { approach: '2 parabola', ...tryIt(isoFlop('parabola')) },
    { approach: '2 akima', ...tryIt(isoFlop('akima')) },
    { approach: '3 parametric', ...tryIt(parametric) },
  ];
}

type Finding = Pick<ApproachResult, 'N' | 'note'>;

/** An approach that these rows do not allow is a line of the table, no reason to lose the others. */
function tryIt(find: () => Finding): Finding {
  try {
    return find();
  } catch (error) {
    if (error instanceof Error && error.name === 'InputError') return { N: null, note: error.message };
    throw error;
  }
}

/**
 * Approach 3: N = G (C / 6)^a with a = beta / (alpha + beta), G = (alpha A / (beta B))^(1 / (alpha + beta)).
 * Source: Hoffmann 2022, equation 4.
 */
export function parametricLaw({ params }: Pick<Fit, 'params'>): Pick<ComputeLaw, 'exponent' | 'coefficient'> {
  const [A, B, alpha, beta] = ['A', 'B', 'alpha', 'beta'].map(name => params[name].value);
  const exponent = beta / (alpha + beta);
  const balance = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  return { exponent, coefficient: balance / 6 ** exponent };
}

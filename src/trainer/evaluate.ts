import { countTargets } from './batch.js';
import type { HeldOut } from './data.js';
import type { Engine } from './engine.js';

/** The held-out loss: mean over all targets, nats per token; undefined where it is not a finite number. */
export function evaluate(engine: Engine, { batches, tokens }: HeldOut): number | undefined {
  const total = batches.reduce((sum, batch) => sum + engine.loss(batch) * countTargets(batch), 0);
  return Number.isFinite(total) ? total / tokens : undefined;
}

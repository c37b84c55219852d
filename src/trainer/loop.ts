import type { Batches } from './data-batches.js';
import type { Engine } from './engine.js';

export interface LossPoint {
  /** From 1. */
  readonly step: number;
  /** Encoder tokens seen up to and with this step. */
  readonly tokens: number;
  /** Nats per target token. */
  readonly loss: number;
}

/** What a run has behind it; the loop adds to it. */
export interface History {
  /** Loss of each step on its own batch, before the step; nats per target token. */
  readonly losses: number[];
  /** Wall clock of each optimiser step. */
  readonly stepSeconds: number[];
  /** Held-out losses on the way. */
  readonly evaluations: LossPoint[];
  /** Spent in the loop, batches included; evaluations and checkpoints are not. */
  seconds: number;
}

export const startHistory = (): History => ({ losses: [], stepSeconds: [], evaluations: [], seconds: 0 });

/** A stretch of steps under one schedule. */
export interface Leg {
  /** Share of the full rate. `step` from 0, `done` before the step. */
  readonly share: (step: number, done: number) => number;
  /** Share of the leg that is done; it ends at 1. */
  readonly done: (history: History) => number;
}

export interface Learner {
  readonly engine: Engine;
  /** Of one micro-batch each. */
  readonly batches: Batches;
  /** Micro-batches a step. */
  readonly accumulate: number;
}

const now = () => performance.now() / 1000;

/**
 * Trains until the leg is done, or until the loss is no longer a number: then false, and the loss stands in the history.
 *
 * @param afterStep is awaited after each step; what it throws ends the leg
 */
export async function runLeg(
  { engine, batches, accumulate }: Learner,
  history: History,
  leg: Leg,
  afterStep: (done: number) => Promise<void> | undefined,
): Promise<boolean> {
  let done = leg.done(history);
  while (done < 1) {
    const begin = now();
    const micro = Array.from({ length: accumulate }, () => batches.next());
    const start = now();
    const loss = engine.step(micro, leg.share(history.losses.length, done));
    const end = now();
    history.losses.push(loss);
    history.stepSeconds.push(end - start);
    history.seconds += end - begin;
    if (!Number.isFinite(loss)) return false;
    done = leg.done(history);
    await afterStep(Math.min(1, done));
  }
  return true;
}

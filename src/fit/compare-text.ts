import { format } from '../base/index.js';
import type { Drift } from './drift.js';
import type { Rollouts } from './rollout.js';
import { type Choice, type HonestRollout, type HorizonScore, scoreHorizons } from './rollout-choose.js';

/** What to do with a comparison, in words. */
export interface Advice {
  /** Whether a forecast beyond the table has been earned by forecasts within it. */
  readonly forecastable: boolean;
  readonly text: string;
}

export interface Findings {
  readonly rollouts: Rollouts;
  readonly choice: Choice | null;
  readonly honest: HonestRollout;
  readonly reference: string | null;
  readonly drift: Drift | null;
}

/** Past forecasts that missed by more than this, in median at the longest horizon checked, are no ground for another. */
const WORST_MEDIAN = 0.05;

/** Says which law to forecast with and what that has earned, or that nothing can be forecast, and why. */
export function adviseForecast({ rollouts, choice, honest, reference, drift }: Findings): Advice {
  if (choice === null) return { forecastable: false, text: `${tooShort(rollouts)}${driftText(drift)}` };
  const own = rollouts.rollouts.filter(({ candidate }) => candidate === choice.name);
  const checked = honest.chosen.length > 0 ? honest.chosen : scoreHorizons(own, rollouts);
  const longest = checked.at(-1);
  if (longest === undefined) return { forecastable: false, text: `${tooShort(rollouts)}${driftText(drift)}` };
  if (longest.median > WORST_MEDIAN)
    return {
      forecastable: false,
      text: `not forecastable: the best law to be had missed ${missed(longest)}${driftText(drift)}`,
    };
  const beside = honest.reference.find(({ horizon }) => horizon === longest.horizon);
  const next = reference === null || beside === undefined ? '' : `; beside it ${reference} missed ${sizes(beside)}`;
  return {
    forecastable: true,
    text:
      `forecast with ${choice.name}: laws chosen so, blind to what lay beyond, missed ${missed(longest)}${next}; ` +
      `farther than ${format.digits(longest.horizon)} times the compute nothing was checked${driftText(drift)}`,
  };
}

/** A first forecast needs a range of compute to be made from, and a shortest horizon to be checked in. */
function tooShort({ range, options }: Rollouts): string {
  const decades = Math.log10(range[1] / range[0]);
  const needed = options.first + Math.log10(Math.min(...options.horizons)) + options.window;
  return (
    `not forecastable: no forecast from these rows can be checked on larger ones; they span ${decades.toFixed(1)} ` +
    `decades of compute and ${needed.toFixed(1)} are needed, with ${options.minRows} rows or more below the first cut-off`
  );
}

const sizes = ({ median, p90 }: HorizonScore) =>
  `${format.percent(median, 2)} in median and ${format.percent(p90, 2)} at the 90th percentile`;

const missed = (score: HorizonScore) =>
  `the best runs at ${format.digits(score.horizon)} times the compute by ${sizes(score)} (${score.forecasts} forecasts from ${score.cutoffs} cut-offs)`;

const driftText = (drift: Drift | null) => (drift === null ? '' : `. Asymptote left free: ${drift.text}`);

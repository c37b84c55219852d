/**
 * How an answer is scored against the target, each in [0, 1]; a task's score is the mean over its examples.
 * accuracy and exact-match: 1 where the texts are equal but for case and outer or repeated white space (accuracy where the
 * target is one of a few labels); f1: overlap of words, as in SQuAD.
 */
export const METRICS = { accuracy: isEqual, 'exact-match': isEqual, f1: wordOverlap } as const;
export type Metric = keyof typeof METRICS;

function isEqual(answer: string, target: string): number {
  return plainWords(answer).join(' ') === plainWords(target).join(' ') ? 1 : 0;
}

/**
 * Harmonic mean of precision and recall over words, repeated words counted. Source: the evaluation script of SQuAD 1.1
 * (Rajpurkar et al. 2016): lower case, without punctuation and articles.
 *
 * @example wordOverlap('the white whale', 'white ship') // => 0.5
 */
function wordOverlap(answer: string, target: string): number {
  const [given, wanted] = [answer, target].map(text =>
    plainWords(text.replace(/[!-/:-@[-`{-~]/g, '')).filter(word => !['a', 'an', 'the'].includes(word)),
  );
  const left = [...wanted];
  for (const word of given) if (left.includes(word)) left.splice(left.indexOf(word), 1);
  const common = wanted.length - left.length;
  return common === 0 ? 0 : (2 * common) / (given.length + wanted.length);
}

const plainWords = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Mean score of answers. */
export function scoreAnswers(metric: Metric, answers: readonly string[], targets: readonly string[]): number {
  return answers.reduce((sum, answer, i) => sum + METRICS[metric](answer, targets[i]), 0) / targets.length;
}

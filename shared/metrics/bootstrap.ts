import { createMt19937 } from "../explanation/mt19937.ts";
import { rankScores, type ScoreTally } from "./ranking-metrics.ts";
import { quantile } from "./statistics.ts";

/** A metric of labelled scores; null if a class is missing. */
export type TallyMetric = (tally: ScoreTally) => number | null;

/** Lower and upper bound. */
export interface ConfidenceInterval {
  low: number;
  high: number;
}

export interface Bootstrap {
  /** Number of resamples, at least 1. */
  replicates: number;
  /** 0 to 2^32 - 1. */
  seed: number;
  /** Share of the resamples within the interval, above 0 and below 1, such as 0.95. */
  level: number;
}

/**
 * Computes percentile bootstrap intervals of ranking metrics. Resamples are stratified: positives are
 * drawn from the positives and negatives from the negatives, with replacement, which keeps both
 * classes and defines every metric. All metrics see the same resamples. The bounds are the
 * (1 - level) / 2 and (1 + level) / 2 quantiles of the resampled metric. Sources: Efron and
 * Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13; stratified as in Robin et al.,
 * "pROC" (BMC Bioinformatics 12:77, 2011).
 *
 * The intervals cover another draw of tracks, not another training. With few positives they are too
 * narrow, as the same positive is drawn again and again.
 *
 * @param labels true for positives
 * @param scores in the order of the labels
 * @returns one interval a metric, in their order; null if all labels are the same
 * @throws RangeError if the lengths differ, a score is not finite or a setting is out of range
 */
export function bootstrapIntervals(
  labels: readonly boolean[],
  scores: readonly number[],
  metrics: readonly TallyMetric[],
  { replicates, seed, level }: Bootstrap,
): (ConfidenceInterval | null)[] {
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new RangeError(`replicates must be a whole number of at least 1, not ${replicates}`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`level must lie between 0 and 1, not ${level}`);
  }
  const random = createMt19937(seed);
  const { ranks, positives, negatives } = rankScores(labels, scores);
  if (positives.length === 0 || negatives.length === 0) return metrics.map(() => null);
  const tally: ScoreTally = {
    positives: new Uint32Array(ranks),
    negatives: new Uint32Array(ranks),
  };
  const draw = (from: Uint32Array, into: Uint32Array) => {
    into.fill(0);
    for (let n = 0; n < from.length; n++) into[from[random.randint(0, from.length)]!]!++;
  };
  const values = metrics.map(() => new Float64Array(replicates));
  for (let replicate = 0; replicate < replicates; replicate++) {
    draw(positives, tally.positives);
    draw(negatives, tally.negatives);
    metrics.forEach((metric, index) => {
      // Every resample has both classes.
      values[index]![replicate] = metric(tally)!;
    });
  }
  return values.map((each) => {
    each.sort();
    return { low: quantile(each, (1 - level) / 2), high: quantile(each, (1 + level) / 2) };
  });
}

/**
 * Computes a percentile bootstrap interval of the mean of clustered values. It draws whole clusters,
 * with replacement: values of one cluster are alike, and drawing them one by one would give too narrow
 * an interval. Source: Davison and Hinkley, "Bootstrap Methods and their
 * Application" (1997), section 3.8.
 *
 * @param clusters values by cluster; empty clusters are ignored
 * @returns null if there are no values
 * @throws RangeError if replicates are fewer than 1 or the level is not between 0 and 1
 */
export function clusterInterval(
  clusters: readonly (readonly number[])[],
  { replicates, seed, level }: Bootstrap,
): ConfidenceInterval | null {
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new RangeError(`replicates must be a whole number of at least 1, not ${replicates}`);
  }
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`level must lie between 0 and 1, not ${level}`);
  }
  const tallies = clusters
    .filter(({ length }) => length > 0)
    .map((values) => ({ sum: values.reduce((a, b) => a + b, 0), count: values.length }));
  if (tallies.length === 0) return null;
  const random = createMt19937(seed);
  const means = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    let [sum, count] = [0, 0];
    for (let n = 0; n < tallies.length; n++) {
      const drawn = tallies[random.randint(0, tallies.length)]!;
      sum += drawn.sum;
      count += drawn.count;
    }
    means[replicate] = sum / count;
  }
  means.sort();
  return { low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2) };
}

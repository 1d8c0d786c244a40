import { createMt19937 } from "../explanation/mt19937.ts";
import { rankScores, type ScoreTally } from "./ranking-metrics.ts";
import { quantile } from "./statistics.ts";

/** A metric of labelled scores; null where a class is missing. */
export type TallyMetric = (tally: ScoreTally) => number | null;

/** Lower and upper end. */
export interface Interval {
  low: number;
  high: number;
}

export interface Bootstrap {
  /** Resamples drawn, at least 1. */
  replicates: number;
  /** 0 to 2^32 - 1. */
  seed: number;
  /** Share of the resamples between the ends, above 0 and below 1: 0.95. */
  level: number;
}

/**
 * Percentile bootstrap intervals of ranking metrics. Each resample draws as many positives from the
 * positives and as many negatives from the negatives as there are, with replacement (stratified, so
 * that both classes stay and every metric is defined); all metrics see the same resamples. The ends
 * are the (1 - level) / 2 and (1 + level) / 2 quantiles of the resampled metric. Sources: Efron and
 * Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13; stratified as in Robin et al.,
 * "pROC" (BMC Bioinformatics 12:77, 2011).
 *
 * It tells what another draw of tracks would change, not what another training would. With few
 * positives it is too narrow: one positive is drawn again and again.
 *
 * @param labels whether each item is positive
 * @param scores in the order of the labels
 * @returns in the order of the metrics; null where all labels are the same
 * @throws RangeError where the lengths differ, a score is not finite or a setting is out of range
 */
export function bootstrapIntervals(
  labels: readonly boolean[],
  scores: readonly number[],
  metrics: readonly TallyMetric[],
  { replicates, seed, level }: Bootstrap,
): (Interval | null)[] {
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new RangeError(`replicates must be a whole number from 1, not ${replicates}`);
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
      // Both classes are there in every resample.
      values[index]![replicate] = metric(tally)!;
    });
  }
  return values.map((each) => {
    each.sort();
    return { low: quantile(each, (1 - level) / 2), high: quantile(each, (1 + level) / 2) };
  });
}

/**
 * Percentile bootstrap interval of a mean whose values come in clusters: clusters are drawn whole,
 * with replacement, as many as there are. Values of one cluster resemble each other, and drawing
 * them one by one would promise too much. Source: Davison and Hinkley, "Bootstrap Methods and their
 * Application" (1997), section 3.8.
 *
 * @param clusters values by cluster; empty ones do not count
 * @returns null where there is no value
 * @throws RangeError where there is less than one replicate or the level is not between 0 and 1
 */
export function clusterInterval(
  clusters: readonly (readonly number[])[],
  { replicates, seed, level }: Bootstrap,
): Interval | null {
  if (!Number.isInteger(replicates) || replicates < 1) {
    throw new RangeError(`replicates must be a whole number from 1, not ${replicates}`);
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

import { createMt19937 } from "../explanation/mt19937.ts";
import type { Bootstrap, Interval } from "./bootstrap.ts";
import { quantile } from "./summary-statistics.ts";

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

import {
  type FaithfulnessCase,
  type FaithfulnessSummary,
  RankingMethod,
} from "@lemons/shared/contract/faithfulness";
import { clusterInterval } from "@lemons/shared/metrics/bootstrap";
import { mean } from "@lemons/shared/metrics/statistics";

const REPLICATES = 2000;
const LEVEL = 0.95;

/**
 * Summarises the verified cases of each kind. Only in verified cases is it certain which components
 * the model responds to.
 *
 * @param seed seed of the bootstrap intervals
 * @returns a row per model, type, separator and method, in the order of the cases
 */
export function summariseFaithfulness(
  cases: readonly FaithfulnessCase[],
  seed: number,
): FaithfulnessSummary[] {
  const groups = Map.groupBy(cases, ({ model, type, separator }) =>
    JSON.stringify([model, type, separator]),
  );
  return [...groups.values()].flatMap((all) =>
    RankingMethod.options.map((method) => {
      const { model, type, separator } = all[0]!;
      const verified = all.filter((each) => each.verified);
      const answers = verified.map((each) => each[method]);
      const byTrack = Map.groupBy(verified, ({ track }) => track);
      const clusters = [...byTrack.values()].map((each) =>
        each.map((one) => Number(one[method].hit)),
      );
      return {
        model,
        type,
        separator,
        method,
        cases: verified.length,
        hits: answers.filter(({ hit }) => hit).length,
        accuracy: mean(answers.map(({ hit }) => Number(hit))),
        interval: clusterInterval(clusters, { replicates: REPLICATES, seed, level: LEVEL }),
        chance: mean(verified.map(({ truth, components }) => truth.length / components)),
        deletion: mean(answers.map(({ deletion }) => deletion)),
        insertion: mean(answers.map(({ insertion }) => insertion)),
        randomDeletion: mean(verified.map(({ random }) => random.deletion)),
        randomInsertion: mean(verified.map(({ random }) => random.insertion)),
        correlation: mean(
          answers.flatMap(({ correlation: each }) => (each === null ? [] : [each])),
        ),
        allCases: all.length,
        allAccuracy: mean(all.map((each) => Number(each[method].hit))),
      };
    }),
  );
}

import type { Stability } from "@lemons/shared/contract/stability";
import { percent } from "./percent.ts";

/** Number of masks that the original samples. */
const USUAL = 2048;

/** Puts the numbers into words, a sentence or two each. */
export function readStability({ settings, listeners, summary }: Stability): string[] {
  const { top, repeats } = settings;
  const [first, last] = [summary[0]!, summary.at(-1)!];
  const usual = summary.find(({ samples }) => samples === USUAL) ?? last;
  const at = (samples: number) =>
    listeners.map((each) => ({
      listener: each.listener,
      ...each.summary.find((one) => one.samples === samples)!,
    }));
  const ranked = at(usual.samples).sort((a, b) => a.uniqueMean - b.uniqueMean);
  const [calmest, wildest] = [ranked[0]!, ranked.at(-1)!];
  return [
    `With ${usual.samples} masks, the original's number, ${repeats} explanations of one track name ${usual.uniqueMean.toFixed(2)} different components among their top ${top}, on average; all ${repeats} agree for ${percent(usual.stable)} of the tracks. With ${first.samples} masks it is ${first.uniqueMean.toFixed(2)} and ${percent(first.stable)}, with ${last.samples} still ${last.uniqueMean.toFixed(2)} and ${percent(last.stable)}.`,
    `An exact explanation is always at ${top}: it counts every mask, and there is nothing left to draw.`,
    ...(usual.topAgreement === null || usual.weightError === null || last.weightError === null
      ? []
      : [
          `A single explanation by ${usual.samples} masks names ${percent(usual.topAgreement)} of the exact top ${top}. Its weights are off by ${percent(usual.weightError)} of their length (median over tracks); ${last.samples} masks leave ${percent(last.weightError)}, ${first.samples} leave ${percent(first.weightError)}. The error falls with the square root of the number of masks, so twice as many take off 30\u00a0% of it.`,
        ]),
    `Listeners differ: at ${usual.samples} masks from ${calmest.uniqueMean.toFixed(2)} (${calmest.listener}) to ${wildest.uniqueMean.toFixed(2)} (${wildest.listener}). Where many components weigh about the same, a little noise is enough to change which three come first; a stable explanation then still says little, and the exact one has the same near ties, only without the noise.`,
  ];
}

import { formatPercent } from "./number-format.ts";

/** From which fidelity on the explanation deserves which word. */
const LEVELS = [
  { from: 0.9, word: "very close" },
  { from: 0.7, word: "close" },
  { from: 0.4, word: "rough" },
  { from: Number.NEGATIVE_INFINITY, word: "poor" },
] as const;

/** What a fidelity means for whoever reads the explanation. */
export interface FidelityWords {
  percent: string;
  word: string;
  meaning: string;
}

/**
 * Puts a fidelity into words.
 *
 * @param fidelity weighted R squared of the local fit: at most 1, below 0 where the mean is better
 */
export function fidelityWords(fidelity: number): FidelityWords {
  const { word } = LEVELS.find(({ from }) => fidelity >= from)!;
  const percent = formatPercent(fidelity);
  const follows = `the weights below account for ${formatPercent(Math.max(0, fidelity))} of how the model\u2019s answer changes when parts are left out`;
  switch (word) {
    case "very close":
    case "close":
      return { percent, word, meaning: `${follows}, so you can take them at their word.` };
    case "rough":
      return {
        percent,
        word,
        meaning: `${follows}; parts that act together are not captured well, so read them as a tendency.`,
      };
    case "poor":
      return {
        percent,
        word,
        meaning: `${follows}; the model does not simply add parts up here, so do not rely on single weights.`,
      };
  }
}

import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { formatDecimal } from "./number-format.ts";

/** How the explanation was computed, name by value. */
function settingsOf(explanation: PublishedExplanation): [string, string][] {
  const { audio, model, neighbourhood, separation, timings } = explanation;
  const { startSeconds, seconds } = audio.snippet;
  return [
    ["Excerpt heard", `${seconds.toFixed(1)} s from ${startSeconds.toFixed(1)} s`],
    [
      "Relevance",
      `${formatDecimal(explanation.relevance)} (logit ${formatDecimal(explanation.logit)})`,
    ],
    ["Local prediction", formatDecimal(explanation.localPrediction)],
    ["Intercept", formatDecimal(explanation.intercept)],
    ["Fidelity (weighted R²)", formatDecimal(explanation.fidelity)],
    [
      "Complexity",
      explanation.complexity === null ? "not defined" : formatDecimal(explanation.complexity),
    ],
    [
      "Relevance of silence",
      explanation.relevanceOfSilence === null
        ? "not asked"
        : formatDecimal(explanation.relevanceOfSilence),
    ],
    [
      "Masks",
      `${neighbourhood.samples} drawn with seed ${neighbourhood.seed}, ${neighbourhood.distinctMasks} distinct`,
    ],
    ["Kernel width", String(explanation.kernelWidth)],
    ["Parts kept", `${explanation.features} (selection: ${explanation.featureSelection})`],
    ["Explained", explanation.target],
    ["Sources by", `${separation.separator}, version ${separation.version}`],
    ["Model", `${model.id}, version ${model.version.slice(0, 12)}`],
    ...Object.entries(timings).map(([phase, spent]): [string, string] => [
      `Time, ${phase}`,
      `${spent.toFixed(2)} s`,
    ]),
  ];
}

/** The settings, folded away until somebody wants them. */
export function ExplanationSettings({ explanation }: { explanation: PublishedExplanation }) {
  return (
    <details class="settings">
      <summary>How this was computed</summary>
      <dl>
        {settingsOf(explanation).map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { formatDecimal } from "./number-format.ts";

type Rows = [name: string, value: string][];

/** Which masks were looked at. */
function maskRows({ components, neighbourhood }: PublishedExplanation): Rows {
  if (neighbourhood.kind === "exhaustive") {
    const combinations = 2 ** components.length;
    return [
      ["Masks", `all ${combinations.toLocaleString("en-GB")} combinations counted`],
      [
        "Stands for",
        `${neighbourhood.effectiveSamples.toLocaleString("en-GB")} drawn masks, on average`,
      ],
    ];
  }
  const { samples, seed, distinctMasks } = neighbourhood;
  return [["Masks", `${samples} drawn with seed ${seed}, ${distinctMasks} distinct`]];
}

/** How the model's answers were come by. */
function engineRows({ engine }: PublishedExplanation): Rows {
  const { kind, reason, blocks, columnsEvaluated, forwardEquivalents } = engine;
  const cost = `the work of ${forwardEquivalents.toFixed(1)} forward passes`;
  if (kind === "dense") {
    const because = reason === null ? "" : `, since there is no response table: ${reason}`;
    return [
      ["Engine", `one forward pass a mask${because}`],
      ["Cost", cost],
    ];
  }
  return [
    ["Engine", `read from a response table of a model split into ${blocks} blocks`],
    ["Cost", `${cost}, for ${columnsEvaluated.toLocaleString("en-GB")} columns`],
  ];
}

/** How the explanation was computed, name by value. */
function settingsOf(explanation: PublishedExplanation): Rows {
  const { audio, engine, model, separation, timings } = explanation;
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
    ...maskRows(explanation),
    ["Kernel width", String(explanation.kernelWidth)],
    ["Parts kept", `${explanation.features} (selection: ${explanation.featureSelection})`],
    ["Explained", explanation.target],
    ["Sources by", `${separation.separator}, version ${separation.version}`],
    ["Model", `${model.id}, version ${model.version.slice(0, 12)}`],
    ...engineRows(explanation),
    ...Object.entries({ ...engine.seconds, ...timings }).map(([phase, spent]): [string, string] => [
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

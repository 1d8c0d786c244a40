import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { formatDecimal } from "./format.ts";

type Rows = [name: string, value: string][];

/** Rows about the masks. */
function maskRows({ components, neighbourhood }: PublishedExplanation): Rows {
  if (neighbourhood.kind === "exhaustive") {
    const combinations = 2 ** components.length;
    return [
      ["Masks", `all ${combinations.toLocaleString("en-GB")} combinations, counted`],
      [
        "Equivalent to",
        `${neighbourhood.effectiveSamples.toLocaleString("en-GB")} sampled masks, on average`,
      ],
    ];
  }
  const { samples, seed, distinctMasks } = neighbourhood;
  return [["Masks", `${samples} sampled with seed ${seed}, ${distinctMasks} distinct`]];
}

/** Rows about how the model was evaluated. */
function engineRows({ engine }: PublishedExplanation): Rows {
  const { kind, reason, blocks, columnsEvaluated, forwardEquivalents } = engine;
  const cost = `as much as ${forwardEquivalents.toFixed(1)} forward passes`;
  if (kind === "dense") {
    const because = reason === null ? "" : ` (no response table: ${reason})`;
    return [
      ["Engine", `one forward pass per mask${because}`],
      ["Cost", cost],
    ];
  }
  return [
    ["Engine", `response table, of the model split into ${blocks} blocks`],
    ["Cost", `${cost}, for ${columnsEvaluated.toLocaleString("en-GB")} columns`],
  ];
}

/** Lists how the explanation was computed. */
function settingRows(explanation: PublishedExplanation): Rows {
  const { audio, engine, model, separation, timings } = explanation;
  const { startSeconds, seconds } = audio.snippet;
  return [
    ["Excerpt", `${seconds.toFixed(1)} s from ${startSeconds.toFixed(1)} s`],
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
        ? "not computed"
        : formatDecimal(explanation.relevanceOfSilence),
    ],
    ...maskRows(explanation),
    ["Kernel width", String(explanation.kernelWidth)],
    ["Parts in the fit", `${explanation.features} (selection: ${explanation.featureSelection})`],
    ["Target", explanation.target],
    ["Separator", `${separation.separator}, version ${separation.version}`],
    ["Model", `${model.id}, version ${model.version.slice(0, 12)}`],
    ...engineRows(explanation),
    ...Object.entries({ ...engine.seconds, ...timings }).map(([phase, spent]): [string, string] => [
      `Time, ${phase}`,
      `${spent.toFixed(2)} s`,
    ]),
  ];
}

/** A collapsed list of how the explanation was computed. */
export function ExplanationSettings({ explanation }: { explanation: PublishedExplanation }) {
  return (
    <details class="settings">
      <summary>How this was computed</summary>
      <dl>
        {settingRows(explanation).map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

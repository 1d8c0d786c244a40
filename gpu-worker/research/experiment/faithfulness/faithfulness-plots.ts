import type {
  Faithfulness,
  FaithfulnessSummary,
  PlantModel,
} from "@lemons/shared/contract/faithfulness";
import { PLOT_COLOURS, renderPlot } from "../../plots/render-plot.ts";

const MODELS: Record<PlantModel, string> = {
  planted: "planted listener",
  "random-head": "random last layer",
  "random-network": "all weights random",
};
const METHODS: Record<FaithfulnessSummary["method"], string> = {
  lime: "LIME weight",
  shapley: "Shapley value",
};

/** Names the explanation type and the separator. */
function questionLabel({
  type,
  separator,
}: Pick<FaithfulnessSummary, "type" | "separator">): string {
  if (separator === null) return type;
  return `${type}, ${separator === "stems" ? "true stems" : separator}`;
}

/**
 * Plots the pointing game: how often the component of highest value is a true one, with 95 %
 * intervals. The vertical ticks are chance.
 */
export function pointingPlot({ summary }: Pick<Faithfulness, "summary">): Promise<string> {
  const values = summary.flatMap(({ accuracy, interval, chance, ...each }) =>
    accuracy === null
      ? []
      : [
          {
            question: questionLabel(each),
            model: MODELS[each.model],
            method: METHODS[each.method],
            accuracy,
            low: interval?.low ?? accuracy,
            high: interval?.high ?? accuracy,
            chance,
          },
        ],
  );
  const questions = [...new Set(summary.map(questionLabel))];
  const y = { field: "model", type: "nominal" as const, sort: Object.values(MODELS), title: null };
  const yOffset = { field: "method", sort: Object.values(METHODS) };
  const x = { type: "quantitative" as const, scale: { domain: [0, 1] }, axis: { format: "%" } };
  const colour = {
    field: "method",
    type: "nominal" as const,
    sort: Object.values(METHODS),
    title: null,
  };
  return renderPlot(
    {
      data: { values },
      title: "How often the first component is a true one",
      facet: {
        row: {
          field: "question",
          type: "nominal",
          sort: questions,
          header: {
            title: null,
            labelAngle: 0,
            labelAlign: "left",
            labelAnchor: "start",
            labelOrient: "top",
            labelFontWeight: "bold",
          },
        },
      },
      spacing: 14,
      spec: {
        width: 420,
        height: { step: 13, for: "offset" },
        layer: [
          {
            mark: { type: "rule", strokeWidth: 2 },
            encoding: {
              x: { field: "low", title: null, ...x },
              x2: { field: "high" },
              color: colour,
            },
          },
          {
            mark: { type: "point", filled: true, size: 60, opacity: 1 },
            encoding: { x: { field: "accuracy", title: null, ...x }, color: colour },
          },
          {
            mark: { type: "tick", color: PLOT_COLOURS.ink, thickness: 2 },
            encoding: { x: { field: "chance", title: null, ...x } },
          },
        ],
        encoding: { y, yOffset },
      },
    },
    `Share of explanations whose first component is a true one: ${values
      .map(
        ({ question, model, method, accuracy }) =>
          `${question}, ${model}, ${method}: ${(100 * accuracy).toFixed(0)} %`,
      )
      .join("; ")}`,
  );
}

/** Plots the mean areas under the planted listeners' deletion and insertion curves, by ranking. */
export function areaPlot({ summary }: Pick<Faithfulness, "summary">): Promise<string> {
  const RANDOM = "random ranking";
  const planted = summary.filter(({ model, cases }) => model === "planted" && cases > 0);
  const values = planted.flatMap((each) => {
    const question = questionLabel(each);
    const ranking = METHODS[each.method];
    const areas = (name: string, deletion: number | null, insertion: number | null) => [
      { question, ranking: name, curve: "deletion (less is better)", area: deletion },
      { question, ranking: name, curve: "insertion (more is better)", area: insertion },
    ];
    const random =
      each.method === "lime" ? areas(RANDOM, each.randomDeletion, each.randomInsertion) : [];
    return [...areas(ranking, each.deletion, each.insertion), ...random];
  });
  const rankings = [...Object.values(METHODS), RANDOM];
  return renderPlot(
    {
      data: { values },
      title: "Relevance under the curve as components go or come",
      spacing: 28,
      width: 200,
      height: { step: 26 },
      mark: { type: "point", filled: true, size: 70, opacity: 1 },
      encoding: {
        column: { field: "curve", type: "nominal", header: { title: null } },
        y: {
          field: "question",
          type: "nominal",
          sort: [...new Set(planted.map(questionLabel))],
          title: null,
          axis: { grid: true },
        },
        x: {
          field: "area",
          type: "quantitative",
          scale: { domain: [0, 1] },
          axis: { tickCount: 5 },
          title: "mean area",
        },
        color: { field: "ranking", type: "nominal", sort: rankings, title: null },
        shape: { field: "ranking", type: "nominal", sort: rankings, title: null },
      },
    },
    values
      .map(
        ({ question, ranking, curve, area }) =>
          `${question}, ${ranking}, ${curve}: ${area?.toFixed(2)}`,
      )
      .join("; "),
  );
}

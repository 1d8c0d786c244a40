import type { Faithfulness, FaithfulnessSummary } from "@lemons/shared/contract/faithfulness";

const COLUMNS = [
  "cases",
  "true first",
  "95 % interval",
  "chance",
  "of all",
  "deletion",
  "insertion",
  "rank r",
];
const WIDTHS = [5, 10, 13, 6, 6, 13, 13, 6];

/** Formats the ground-truth tests: how well listeners were planted, then a row a kind of explanation. */
export function formatFaithfulness(
  faithfulness: Pick<Faithfulness, "settings" | "tracks" | "detection" | "summary">,
): string {
  const { settings, tracks, detection, summary } = faithfulness;
  const { folds, steps, batchSize, channels, seed } = settings;
  const names = [...summary.map(nameOf), "explanation"];
  const width = Math.max(...names.map((name) => name.length));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell, i) => cell.padStart(WIDTHS[i]!))].join("  ").trimEnd();
  return [
    `${tracks.length} tracks with known stems in ${folds} folds; networks of ${channels.join(", ")} channels, ` +
      `${steps} steps of ${batchSize} one-second mixtures, seed ${seed}`,
    "",
    "Planted listeners on held-out tracks",
    "source      AUC  accuracy   mixtures   verified tracks",
    ...detection.map(({ source, auc, accuracy, mixtures, verified, tracks }) =>
      [
        source.padEnd(8),
        auc === null ? "      -" : auc.toFixed(3).padStart(7),
        accuracy.toFixed(3).padStart(10),
        String(mixtures).padStart(11),
        `${verified} of ${tracks}`.padStart(18),
      ].join(""),
    ),
    "",
    "Verified: recommended whole and by the source alone, but not without it. Of these cases:",
    "",
    row("explanation", COLUMNS),
    ...summary.map((each) => row(nameOf(each), cellsOf(each))),
    "",
    "True first: the component of the highest value is a true one; of all: also unverified cases.",
    "Deletion and insertion: mean area under the curve, and that of random rankings.",
    "Rank r: Spearman's correlation with the planted listener's values.",
    "",
  ].join("\n");
}

function nameOf({ model, type, separator, method }: FaithfulnessSummary): string {
  return `${model}  ${type}${separator === null ? "" : `, ${separator}`}  ${method}`;
}

function cellsOf(summary: FaithfulnessSummary): string[] {
  const { cases, accuracy, interval, chance, correlation } = summary;
  const area = (value: number | null, random: number | null) =>
    value === null || random === null ? "-" : `${value.toFixed(3)} (${random.toFixed(3)})`;
  return [
    String(cases),
    percent(accuracy),
    interval ? `${percent(interval.low)}-${percent(interval.high)}` : "-",
    percent(chance),
    percent(summary.allAccuracy),
    area(summary.deletion, summary.randomDeletion),
    area(summary.insertion, summary.randomInsertion),
    correlation === null ? "-" : correlation.toFixed(2),
  ];
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(0)} %`;
}

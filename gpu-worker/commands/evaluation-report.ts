import type { Evaluation } from "@lemons/shared/contract/evaluation";

const VERSION_DIGITS = 12;

type Interval = Evaluation["listeners"][number]["aucInterval"];

/** Formats an evaluation: a row a listener, mean and standard deviation, then notes. */
export function formatEvaluation(evaluation: Evaluation): string {
  const { split, bootstrap, forwards, listeners, summary, notes } = evaluation;
  const all = split.train + split.validation + split.test;
  const tracks = listeners[0]!.tracks;
  const names = ["listener", "mean", ...listeners.map(({ listener }) => listener)];
  const width = Math.max(...names.map((name) => name.length));
  const row = (name: string, heard: string, cells: string[], model = "") =>
    [name.padEnd(width), heard.padStart(9), ...cells, model].join("  ").trimEnd();
  const cellsOf = (metric: number | null, interval: Interval) => [
    metricCell(metric),
    ...(bootstrap ? [intervalCell(interval)] : []),
  ];
  const intervalName = bootstrap ? [`${bootstrap.level * 100} % interval`.padEnd(14)] : [];
  return [
    split.part === "all"
      ? `All ${all} tracks; forward passes: ${forwards}`
      : `The ${split.part} part, ${tracks} of ${all} tracks, of the split with seed ${split.seed} ` +
        `(${split.train} train, ${split.validation} validation, ${split.test} test); forward passes: ${forwards}`,
    ...(bootstrap
      ? [
          `Intervals by ${bootstrap.replicates} stratified bootstrap resamples, seed ${bootstrap.seed}`,
        ]
      : []),
    "",
    row("listener", "listened", ["  AUC", ...intervalName, "   AP", ...intervalName], "model"),
    ...listeners.map((each) =>
      row(
        each.listener,
        `${each.positives} of ${each.tracks}`,
        [
          ...cellsOf(each.auc, each.aucInterval),
          ...cellsOf(each.averagePrecision, each.averagePrecisionInterval),
        ],
        `${each.model.id} (${each.model.version.slice(0, VERSION_DIGITS)})`,
      ),
    ),
    ...(["mean", "sd"] as const).map((name) =>
      row(name, `over ${summary.auc.listeners}`, [
        metricCell(summary.auc[name]),
        ...(bootstrap ? [" ".repeat(14)] : []),
        metricCell(summary.averagePrecision[name]),
      ]),
    ),
    "",
    ...notes,
    "",
  ].join("\n");
}

function metricCell(metric: number | null): string {
  return metric === null ? "    -" : metric.toFixed(3);
}

function intervalCell(interval: Interval): string {
  if (interval === null) return "-".padEnd(14);
  return `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
}

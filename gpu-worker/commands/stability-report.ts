import type { Stability, StabilitySummary } from "@lemons/shared/contract/stability";

/** Formats a stability experiment: tables of a row a listener and a column a number of samples. */
export function formatStability(stability: Stability): string {
  const { settings, tracks, listeners, summary, withoutTable } = stability;
  const { samples, top, repeats, type, seed } = settings;
  const names = ["listener", "all", ...listeners.map(({ listener }) => listener)];
  const width = Math.max(...names.map((name) => name.length));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(width), ...cells.map((cell) => cell.padStart(7))].join("  ").trimEnd();
  const table = (title: string, cellOf: (each: StabilitySummary) => string) => [
    "",
    title,
    row("listener", samples.map(String)),
    ...listeners.map(({ listener, summary }) => row(listener, summary.map(cellOf))),
    row("all", summary.map(cellOf)),
  ];
  return [
    `${repeats} sampled explanations (${type}) of each of ${tracks} tracks by N_s masks, seed ${seed}`,
    ...table(
      `U_n, different components among the top ${top} of the ${repeats}, mean (exact explanations: always ${top})`,
      ({ uniqueMean }) => uniqueMean.toFixed(2),
    ),
    ...table(`Tracks whose ${repeats} explanations all name the same top ${top}`, ({ stable }) =>
      percent(stable),
    ),
    ...table(`Share of the exact top ${top} that a sampled one names, mean`, ({ topAgreement }) =>
      percent(topAgreement),
    ),
    ...table(
      "Distance from the exact weights, |w - w*| / |w*|, median over tracks",
      ({ weightError }) => (weightError === null ? "-" : weightError.toFixed(3)),
    ),
    ...(withoutTable > 0
      ? [
          "",
          `${withoutTable} pairs of model and track have no response table, so nothing exact to compare with.`,
        ]
      : []),
    "",
  ].join("\n");
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(1)} %`;
}

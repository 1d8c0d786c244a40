import type { Stability, StabilitySummary } from "@lemons/shared/contract/stability";
import type { TopLevelSpec } from "vega-lite";
import { PLOT_COLOURS, renderPlot } from "../plots/render-plot.ts";

const ALL_LISTENERS = "all listeners";
/** Kernel bandwidth of the violins, in units of U_n (an integer). */
const BANDWIDTH = 0.45;

const SAMPLES_TITLE = "sampled masks of an explanation, N_s";

/**
 * Plots violins of U_n by number of samples, over all pairs of listener and track. `byListener` adds
 * a row per listener. Dots are means; the line is the exact explanation, which is always at k.
 */
export function stabilityPlot(
  { settings, listeners, summary }: Stability,
  { byListener }: { byListener: boolean },
): Promise<string> {
  const { samples, top } = settings;
  const points = listeners.flatMap(({ listener, tracks }) =>
    tracks.flatMap((track) =>
      track.points.map(({ samples, unique }) => ({ group: listener, samples, unique })),
    ),
  );
  const pooled = points.map((point) => ({ ...point, group: ALL_LISTENERS }));
  const values = byListener ? [...pooled, ...points] : pooled;
  const groups = [ALL_LISTENERS, ...(byListener ? listeners.map(({ listener }) => listener) : [])];
  const most = Math.max(...points.map(({ unique }) => unique));
  const axis = {
    type: "quantitative" as const,
    title: null,
    scale: { domain: [top - 0.5, most + 1], zero: false, nice: false },
    axis: { tickMinStep: 1, format: "d", tickCount: 5 },
  };
  const spec: TopLevelSpec = {
    data: { values },
    title: `Different components among the top ${top} of ${settings.repeats} explanations, U_n`,
    facet: {
      column: {
        field: "samples",
        type: "ordinal",
        sort: samples,
        header: { title: SAMPLES_TITLE, titleOrient: "bottom", labelOrient: "bottom" },
      },
      ...(byListener
        ? {
            row: {
              field: "group",
              type: "nominal",
              sort: groups,
              header: { title: null, labelAngle: 0, labelAlign: "right" },
            },
          }
        : {}),
    },
    spacing: { column: 0, row: 10 },
    spec: {
      width: byListener ? 76 : 92,
      height: byListener ? 96 : 260,
      layer: [
        {
          transform: [
            {
              density: "unique",
              bandwidth: BANDWIDTH,
              extent: [top - 0.5, most + 1],
              steps: 80,
              as: ["unique", "density"],
            },
          ],
          mark: {
            type: "area",
            orient: "horizontal",
            color: PLOT_COLOURS.series[0],
            opacity: 0.75,
          },
          encoding: {
            y: { field: "unique", ...axis },
            x: { field: "density", type: "quantitative", stack: "center", axis: null },
          },
        },
        {
          // One line per violin, not one per point.
          transform: [{ aggregate: [{ op: "count", as: "points" }] }],
          mark: { type: "rule", color: PLOT_COLOURS.series[1], strokeWidth: 2, strokeDash: [6, 3] },
          encoding: { y: { datum: top, ...axis } },
        },
        {
          mark: { type: "point", filled: true, color: PLOT_COLOURS.ink, size: 40, opacity: 1 },
          encoding: { y: { aggregate: "mean", field: "unique", ...axis } },
        },
      ],
    },
    resolve: { scale: { x: "independent" } },
  };
  return renderPlot(spec, describeStability(summary, top));
}

function describeStability(summary: readonly StabilitySummary[], top: number): string {
  const means = summary.map(({ samples, uniqueMean }) => `${uniqueMean.toFixed(2)} at ${samples}`);
  return `Violins of U_n by number of samples; means ${means.join(", ")}. The exact explanation is always at ${top}.`;
}

/**
 * Plots the distance of sampled explanations from the exact one, a line per listener.
 *
 * @returns an SVG element, or null without exact explanations
 */
export function distancePlot(
  { listeners, settings }: Stability,
  measure: "topAgreement" | "weightError",
): Promise<string> | null {
  const values = listeners.flatMap(({ listener, summary }) =>
    summary.flatMap((each) => {
      const value = each[measure];
      return value === null ? [] : [{ listener, samples: each.samples, value }];
    }),
  );
  if (values.length === 0) return null;
  const { samples, top } = settings;
  const isError = measure === "weightError";
  const title = isError
    ? "Distance of the weights from the exact ones, |w - w*| / |w*|"
    : `Share of the exact top ${top} that a sampled explanation names`;
  const spec: TopLevelSpec = {
    data: { values },
    title,
    width: 480,
    height: 240,
    layer: [
      {
        mark: { type: "line", color: PLOT_COLOURS.series[0], opacity: 0.45 },
        encoding: { detail: { field: "listener", type: "nominal" } },
      },
      {
        mark: { type: "line", color: PLOT_COLOURS.ink, point: { color: PLOT_COLOURS.ink } },
        encoding: { y: { aggregate: "mean", field: "value", type: "quantitative" } },
      },
    ],
    encoding: {
      x: {
        field: "samples",
        type: "quantitative",
        scale: { type: "log", base: 2, nice: false },
        axis: { values: samples, format: "d", grid: false },
        title: SAMPLES_TITLE,
      },
      y: {
        field: "value",
        type: "quantitative",
        title: null,
        scale: isError ? { type: "log", nice: true } : { domain: [0, 1] },
        axis: isError ? { format: ".2~g", tickCount: 6 } : { format: "%" },
      },
    },
  };
  const description = `${title}, by number of samples; one line a listener, the dark one their mean.`;
  return renderPlot(spec, description);
}

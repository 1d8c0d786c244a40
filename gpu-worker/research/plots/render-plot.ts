import { parse, View } from "vega";
import { type Config, compile, type TopLevelSpec } from "vega-lite";

/**
 * Colours of plots as CSS variables. A page that shows a plot inline defines them; a standalone file
 * includes them ({@link plotFile}). The series differ in lightness as well as hue (after Okabe and
 * Ito, "Color universal design", 2008), so they stay distinguishable without colour.
 */
export const PLOT_COLOURS = {
  ink: "var(--plot-ink)",
  faint: "var(--plot-faint)",
  series: ["var(--plot-1)", "var(--plot-2)", "var(--plot-3)", "var(--plot-4)"],
} as const;

/** Values of the variables of {@link PLOT_COLOURS}, and `--plot-paper` for the background. */
export const PLOT_THEMES = {
  light:
    "--plot-paper:#fff;--plot-ink:#2b2b2b;--plot-faint:#d8d8d8;--plot-1:#0072b2;--plot-2:#b35900;--plot-3:#00785a;--plot-4:#a0417f",
  dark: "--plot-paper:#16181c;--plot-ink:#dedede;--plot-faint:#41454d;--plot-1:#5cb6ea;--plot-2:#f0a33c;--plot-3:#3fc79d;--plot-4:#e493c4",
} as const;

const FONT = "system-ui, sans-serif";
const { ink, faint, series } = PLOT_COLOURS;

const CONFIG: Config = {
  background: "transparent",
  font: FONT,
  padding: 8,
  view: { stroke: null },
  range: { category: [...series] },
  axis: {
    domainColor: ink,
    tickColor: ink,
    gridColor: faint,
    labelColor: ink,
    titleColor: ink,
    labelFlush: false,
    labelLimit: 0,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
  },
  header: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
  },
  legend: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 12,
    labelLimit: 0,
    titleFontSize: 12,
    titleFontWeight: "normal",
    orient: "top",
    columns: 1,
    symbolType: "stroke",
    symbolSize: 400,
    symbolStrokeWidth: 2,
  },
  title: { color: ink, fontSize: 14, fontWeight: "bold", anchor: "start", offset: 12 },
  text: { color: ink, fontSize: 12 },
};

/**
 * Renders a Vega-Lite specification without a browser. The colours stay CSS variables.
 *
 * @param description text alternative for screen readers
 * @returns an SVG element
 */
export async function renderPlot(spec: TopLevelSpec, description: string): Promise<string> {
  const view = new View(parse(compile({ ...spec, config: CONFIG }).spec), { renderer: "none" });
  try {
    // The plot is one image with one name; screen readers needn't walk through its marks.
    const svg = (await view.toSVG()).replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, "");
    return svg.replace("<svg ", `<svg role="img" aria-label="${escapeAttribute(description)}" `);
  } finally {
    view.finalize();
  }
}

/** Turns a plot into a standalone SVG file that follows the system's light or dark theme. */
export function plotFile(svg: string): string {
  const { light, dark } = PLOT_THEMES;
  const style = `<style>svg{${light};background:var(--plot-paper)}@media (prefers-color-scheme:dark){svg{${dark}}}</style>`;
  return `${svg.replace(/>/, `>${style}`)}\n`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

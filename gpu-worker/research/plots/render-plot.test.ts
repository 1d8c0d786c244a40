import { describe, expect, it } from "vitest";
import { PLOT_COLOURS, plotFile, renderPlot } from "./render-plot.ts";

const bars = {
  data: { values: [{ x: "a", y: 1 }] },
  mark: { type: "bar" as const, color: PLOT_COLOURS.series[0] },
  encoding: {
    x: { field: "x", type: "nominal" as const },
    y: { field: "y", type: "quantitative" as const },
  },
};

describe("renderPlot", () => {
  it("renders deterministically, as one named image without fixed colours or scripts", async () => {
    const svg = await renderPlot(bars, 'One bar, "a" < 2');
    expect(svg).toBe(await renderPlot(bars, 'One bar, "a" < 2'));
    expect(svg).toMatch(/^<svg role="img" aria-label="One bar, &quot;a&quot; &lt; 2" /);
    expect(svg).toContain('fill="var(--plot-1)"');
    expect(svg).not.toMatch(/#[0-9a-f]{3,6}\b|<script/);
  });
});

describe("plotFile", () => {
  it("includes the colours of the light and the dark theme", async () => {
    const file = plotFile(await renderPlot(bars, "a bar"));
    expect(file).toMatch(/^<svg [^>]*><style>svg\{--plot-paper:/);
    expect(file).toContain("@media (prefers-color-scheme:dark)");
  });
});

/** Points (x, y), both above 0. */
export interface Series {
  label: string;
  points: [number, number][];
}

export interface LogLogPlot {
  title: string;
  xLabel: string;
  yLabel: string;
  series: Series[];
}

const WIDTH = 720;
const HEIGHT = 440;
const LEFT = 78;
const RIGHT = 24;
const TOP = 48;
const BOTTOM = 64;
/** Apart in lightness as in hue, so that they differ without colours too. */
const COLOURS = ["#8a6d00", "#2b4c9b"];
const DASHES = ["none", "7 4"];

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
}

/** A line plot with logarithmic axes, as a stand-alone SVG. */
export function logLogPlot({ title, xLabel, yLabel, series }: LogLogPlot): string {
  const all = series.flatMap(({ points }) => points);
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  const [xLow, xHigh] = [Math.log2(Math.min(...xs)), Math.log2(Math.max(...xs))];
  const yLow = Math.floor(Math.log10(Math.min(...ys)));
  const yHigh = Math.ceil(Math.log10(Math.max(...ys)));
  const x = (value: number) =>
    LEFT + ((Math.log2(value) - xLow) / (xHigh - xLow)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((Math.log10(value) - yLow) / (yHigh - yLow)) * (HEIGHT - TOP - BOTTOM);

  const xTicks = [...new Set(xs)].map(
    (value) =>
      `<line x1="${x(value)}" x2="${x(value)}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 5}" stroke="#444"/>` +
      `<text x="${x(value)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${value}</text>`,
  );
  const yTicks = Array.from({ length: yHigh - yLow + 1 }, (_, i) => 10 ** (yLow + i)).map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value.toExponential(0)}</text>`,
  );
  const lines = series.map(({ label, points }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(" ");
    const keyY = TOP + 6 + i * 20;
    const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${DASHES[i % DASHES.length]}"`;
    return (
      `<polyline points="${path}" fill="none" ${stroke}/>` +
      points
        .map(([px, py]) => `<circle cx="${x(px)}" cy="${y(py)}" r="3.5" fill="${colour}"/>`)
        .join("") +
      `<line x1="${WIDTH - 350}" x2="${WIDTH - 316}" y1="${keyY}" y2="${keyY}" ${stroke}/>` +
      `<text x="${WIDTH - 308}" y="${keyY + 4}">${escapeXml(label)}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#222" role="img" aria-label="${escapeXml(title)}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<text x="${LEFT}" y="26" font-size="16" font-weight="600">${escapeXml(title)}</text>
${yTicks.join("\n")}
${xTicks.join("\n")}
<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" stroke="#444"/>
${lines.join("\n")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 16}" text-anchor="middle">${escapeXml(xLabel)}</text>
<text transform="translate(20 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yLabel)}</text>
</svg>
`;
}

const SOURCES = ["vocals", "piano", "drums", "bass", "other"] as const;
/** How much each part of a made-up track speaks for it, 0 to 4; below 0 against it. A row a source. */
const STRENGTHS = [
  [1, 0, -1, 1, 0],
  [0, 1, 1, 0, 1],
  [4, 4, 2, 1, 1],
  [1, 1, 0, 1, -1],
  [0, 0, 1, 0, 0],
];
const LABEL = 58;
const CELL = { width: 50, height: 24, gap: 4 } as const;

/** What an explanation looks like, at one glance: the parts of a track, and those that matter. */
export function HeroDrawing() {
  const { width, height, gap } = CELL;
  return (
    <figure class="hero-figure">
      <figcaption>“You get this track for its drums at the start.”</figcaption>
      <svg
        viewBox={`0 0 ${LABEL + 5 * (width + gap)} ${SOURCES.length * (height + gap) + 18}`}
        aria-hidden="true"
      >
        {STRENGTHS.map((row, source) => (
          <g transform={`translate(0 ${source * (height + gap)})`}>
            <text class={source === 2 ? "hero-strong" : undefined} x="0" y={height / 2 + 4}>
              {SOURCES[source]}
            </text>
            {row.map((strength, segment) => (
              <rect
                class={strength < 0 ? "hero-against" : `hero-${strength}`}
                x={LABEL + segment * (width + gap)}
                y="0.5"
                width={width}
                height={height - 1}
                rx="5"
              />
            ))}
          </g>
        ))}
        <text x={LABEL} y={SOURCES.length * (height + gap) + 13}>
          0 s
        </text>
        <text
          x={LABEL + 5 * (width + gap) - gap}
          y={SOURCES.length * (height + gap) + 13}
          text-anchor="end"
        >
          30 s
        </text>
      </svg>
      <p class="hero-note">Hear them alone, or silence them and see what the model says then.</p>
    </figure>
  );
}

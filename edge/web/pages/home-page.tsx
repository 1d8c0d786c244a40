import type { Listener } from "@lemons/shared/contract/listener";
import { Avatar } from "./avatar.tsx";
import { formatCount } from "./format.ts";
import { renderPage } from "./layout.tsx";

const SOURCES = ["vocals", "piano", "drums", "bass", "other"] as const;
/** How much each part of a made-up track helps, 0 to 4, or hurts, below 0. One row per source. */
const STRENGTHS = [
  [1, 0, -1, 1, 0],
  [0, 1, 1, 0, 1],
  [4, 4, 2, 1, 1],
  [1, 1, 0, 1, -1],
  [0, 0, 1, 0, 0],
];
const LABEL = 58;
const CELL = { width: 50, height: 24, gap: 4 } as const;

/** An example explanation: the parts of a track, with those that matter highlighted. */
function HeroDrawing() {
  const { width, height, gap } = CELL;
  return (
    <figure class="hero-figure">
      <figcaption>“Recommended for the drums at the start.”</figcaption>
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
      <p class="hero-note">Play parts alone, or mute them and watch the score change.</p>
    </figure>
  );
}

function ListenerCard({ listener }: { listener: Listener }) {
  const { id, name, taste, tracks, plays } = listener;
  return (
    <li class="card">
      <Avatar id={id} />
      <div>
        <h3>
          <a href={`/listeners/${id}`}>{name}</a>
        </h3>
        <p class="taste">{taste}</p>
        <p class="counts">
          {formatCount(tracks, "track")} · {formatCount(plays, "play")}
        </p>
      </div>
    </li>
  );
}

/** Links to the upload page, beside the listeners. */
function OwnSongCard() {
  return (
    <li class="card own-song">
      <svg class="avatar" viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="30" />
        <path d="M32 20v24M20 32h24" />
      </svg>
      <div>
        <h3>
          <a href="/song">Your own song</a>
        </h3>
        <p class="taste">Upload a file and hear why it is a match, or not.</p>
      </div>
    </li>
  );
}

/** Renders `/`: the listeners to choose from. */
export function renderHomePage(listeners: readonly Listener[]): string {
  return renderPage({
    title: "LEMONS",
    description: "A music recommender that plays you its reasons.",
    path: "/",
    script: null,
    children: (
      <>
        <div class="hero">
          <div>
            <h1>Hear why a song was recommended</h1>
            <p class="lead">
              LEMONS scores how well a track fits a listener. Then it plays you the parts of the
              sound that made the difference. <a href="/how-it-works">How it works</a>
            </p>
          </div>
          <HeroDrawing />
        </div>
        <section class="section" aria-labelledby="listeners">
          <h2 id="listeners">Choose a listener</h2>
          {listeners.length === 0 ? (
            <p>No listeners yet. Seed the catalogue first.</p>
          ) : (
            <ul class="cards">
              {listeners.map((listener) => (
                <ListenerCard listener={listener} />
              ))}
              <OwnSongCard />
            </ul>
          )}
        </section>
      </>
    ),
  });
}

import type { Child } from "hono/jsx";

const WIDTH = 200;
const HEIGHT = 110;
const SIZE = 5;
const CELL = 15;
const STEP = 18;

/** Heights of a made-up waveform, 0 to 1. */
const WAVE = [
  0.15, 0.3, 0.5, 0.35, 0.7, 0.9, 0.6, 0.45, 0.8, 1, 0.75, 0.5, 0.3, 0.4, 0.65, 0.85, 0.7, 0.4,
  0.55, 0.95, 0.8, 0.5, 0.35, 0.2,
];
/** Made-up masks of 25 parts: 1 keeps a part, 0 mutes it. */
const MASKS = [
  [1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
  [0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1],
  [1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1],
];
/** Indices of the parts that are played in the end. */
const HEARD = new Set([11, 12, 17]);
const WEIGHTS = [0.9, 0.65, 0.4, -0.25, -0.6];

function Drawing({ children }: { children: Child }) {
  return (
    <svg class="drawing" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {children}
    </svg>
  );
}

function Wave({ kept = () => true }: { kept?: (bar: number) => boolean }) {
  return (
    <>
      {WAVE.map((height, i) => (
        <rect
          class={kept(i) ? "ink-accent" : "ink-off"}
          x={5 + i * 8}
          y={55 - height * 42}
          width="5"
          height={height * 84}
          rx="2.5"
        />
      ))}
    </>
  );
}

function Grid(props: { x: number; y: number; scale?: number; on: (part: number) => boolean }) {
  const { x, y, scale = 1, on } = props;
  return (
    <g transform={`translate(${x} ${y}) scale(${scale})`}>
      {Array.from({ length: SIZE * SIZE }, (_, part) => (
        <rect
          class={on(part) ? "ink-accent" : "ink-off"}
          x={(part % SIZE) * STEP}
          y={Math.floor(part / SIZE) * STEP}
          width={CELL}
          height={CELL}
          rx="3"
        />
      ))}
    </g>
  );
}

/** The waveform of a track. */
export function TrackDrawing() {
  return (
    <Drawing>
      <Wave />
    </Drawing>
  );
}

/** The grid of parts: segments across, sources down. */
export function PartsDrawing() {
  return (
    <Drawing>
      <Grid x={68} y={4} on={() => true} />
      {["vocals", "piano", "drums", "bass", "other"].map((source, row) => (
        <text class="ink-text" x="60" y={15 + row * STEP} text-anchor="end">
          {source}
        </text>
      ))}
      <text class="ink-text" x="111" y="107" text-anchor="middle">
        time
      </text>
    </Drawing>
  );
}

/** Versions of the track with muted parts. */
export function MasksDrawing() {
  return (
    <Drawing>
      {MASKS.map((mask, i) => (
        <Grid x={8 + i * 66} y={28} scale={0.6} on={(part) => mask[part] === 1} />
      ))}
    </Drawing>
  );
}

/** The network, which gives each version a relevance. */
export function NetworkDrawing() {
  return (
    <Drawing>
      {[88, 70, 52, 36, 22].map((size, layer) => (
        <rect
          class={layer === 4 ? "ink-accent" : "ink-line"}
          x={8 + layer * 26}
          y={55 - size / 2}
          width="16"
          height={size}
          rx="3"
        />
      ))}
      <path class="ink-stroke" d="M136 55h10m-4-4l4 4-4 4" />
      {["0.81", "0.34", "0.62"].map((value, i) => (
        <text class="ink-strong" x="154" y={34 + i * 26}>
          {value}
        </text>
      ))}
    </Drawing>
  );
}

/** The weights of the fit as bars. */
export function FitDrawing() {
  return (
    <Drawing>
      {WEIGHTS.map((weight, row) => (
        <rect
          class={weight > 0 ? "ink-accent" : "ink-against"}
          x={weight > 0 ? 100 : 100 + weight * 85}
          y={8 + row * 20}
          width={Math.abs(weight) * 85}
          height="13"
          rx="2"
        />
      ))}
      <path class="ink-stroke" d="M100 2v106" />
    </Drawing>
  );
}

/** The parts with the highest weights, and a loudspeaker. */
export function HeardDrawing() {
  return (
    <Drawing>
      <Grid x={4} y={12} on={(part) => HEARD.has(part)} />
      <path class="ink-stroke" d="M102 55h12m-4-4l4 4-4 4" />
      <path class="ink-text" d="M126 46h10l14-12v42l-14-12h-10z" />
      <path class="ink-stroke" d="M158 44c6 6 6 16 0 22M166 36c11 11 11 27 0 38" />
    </Drawing>
  );
}

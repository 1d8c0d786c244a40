import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { PlayerApi } from "../api/player-api.ts";
import { encodePcmWave } from "../sound/pcm-wave.ts";
import { MessageError } from "../texts/translate.ts";
import { type Example, type ExampleShape, makeExample } from "./example.ts";

/** An example and its failure. */
export interface GalleryExample extends ExampleShape {
  failure?:
    | "never-answers"
    | "no-explanation"
    | "no-sound"
    | "no-table"
    | "no-stems"
    | "stems-fail"
    | "stems-late"
    | "drawn";
}

const SOURCES = ["vocals", "piano", "drums", "bass", "other"] as const;
const usual: GalleryExample = {
  title: "Five Voices",
  sources: SOURCES,
  seconds: 20,
  bias: -2.2,
  type: "time+source",
  strengths: [
    [0.1, 0.05, 0.5, -0.2, 0.02],
    [0.3, -0.1, 0.9, 0.15, 0.0],
    [-0.45, 0.2, 1.1, 0.1, -0.05],
    [-0.2, 0.1, 0.4, 0.3, 0.0],
    [0.15, 0.0, 0.25, -0.1, 0.1],
  ],
};
const all = (value: number) => usual.strengths.map((row) => row.map(() => value));

/** All states of a player, by `data-example`. */
export const EXAMPLES: Readonly<Record<string, GalleryExample>> = {
  usual,
  loading: { ...usual, failure: "never-answers" },
  error: { ...usual, failure: "no-explanation" },
  "no-sound": { ...usual, failure: "no-sound" },
  "no-stems": { ...usual, failure: "no-stems" },
  "stems-fail": { ...usual, failure: "stems-fail" },
  "stems-late": { ...usual, failure: "stems-late" },
  "no-table": { ...usual, failure: "no-table" },
  drawn: { ...usual, failure: "drawn" },
  empty: { ...usual, title: "Nothing Matters", bias: 0.4, strengths: all(0) },
  "all-negative": {
    ...usual,
    title: "Everything Against It",
    bias: 1.5,
    strengths: usual.strengths.map((row) => row.map((value) => -Math.abs(value) - 0.02)),
  },
  short: {
    ...usual,
    title: "Blink",
    seconds: 1.2,
    strengths: [[0.4, -0.3, 1.2]],
    sources: ["vocals", "drums", "bass"],
    bias: -0.7,
  },
  time: { ...usual, type: "time" },
  source: { ...usual, type: "source" },
};

const MIX = "mix";
/** Examples by shape without failure, because counting every mask is slow. */
const made = new Map<string, Promise<Example>>();

/**
 * Creates the API of an example.
 *
 * @param count tallies all masks of a table
 */
export function exampleApi(
  shape: GalleryExample,
  count: (table: FoldedTable) => MaskStatistics | Promise<MaskStatistics>,
): PlayerApi {
  const { failure } = shape;
  let stemRequests = 0;
  const example = () => {
    const key = JSON.stringify({ ...shape, failure: null });
    const cached = made.get(key) ?? makeExample(shape, count);
    made.set(key, cached);
    return cached;
  };
  const sound = async (source: string) => {
    if (failure === "no-sound") throw new MessageError("problem.network");
    return exampleStem(source, shape.seconds);
  };
  return {
    async explanation() {
      if (failure === "never-answers") return new Promise(() => {});
      if (failure === "no-explanation") throw new MessageError("problem.network");
      const { explanation } = await example();
      if (failure !== "drawn") return explanation;
      return {
        ...explanation,
        neighbourhood: {
          kind: "sampled",
          samples: 256,
          seed: 1,
          distinctMasks: 256,
          suppliedMasks: false,
        },
        sufficient: null,
        necessary: null,
        decision: { threshold: null, reason: "sampled" },
        components: explanation.components.map((part) => ({ ...part, shapley: null })),
      };
    },
    track: async () => (await example()).track,
    async table() {
      if (failure === "no-table") throw new MessageError("problem.network");
      return failure === "drawn" ? null : (await example()).table;
    },
    async stem(source) {
      if (failure === "no-stems") return null;
      if (failure === "stems-late") return new Promise(() => {});
      // The retry succeeds, as after an outage of the worker.
      if (failure === "stems-fail" && stemRequests++ === 0) {
        throw new MessageError("problem.status", { status: 502 });
      }
      return sound(source);
    },
    mix: () => sound(MIX),
    highlight: () => sound("drums"),
  };
}

const SAMPLE_RATE = 22_050;
/** Keeps the sum of all voices below 1. */
const LOUDNESS = 0.4;

/** Waveforms of the gallery's sources: value at a time in seconds, -1 to 1. */
const VOICES: Readonly<Record<string, (time: number) => number>> = {
  vocals: (time) => Math.sin(2 * Math.PI * 440 * time + 3 * Math.sin(2 * Math.PI * 5 * time)) * 0.3,
  piano: (time) => Math.sin(2 * Math.PI * 523 * time) * Math.exp(-4 * (time % 0.5)) * 0.5,
  drums: (time) => hiss(time) * Math.exp(-18 * (time % 0.5)) * 0.7,
  bass: (time) => Math.sin(2 * Math.PI * 82 * time) * (time % 1 < 0.7 ? 0.5 : 0.1),
};

/** Returns deterministic noise, -1 to 1. */
function hiss(time: number): number {
  const value = Math.sin(Math.round(time * SAMPLE_RATE) * 12.9898) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

/**
 * Encodes a source of the gallery's music as a WAV file.
 *
 * @param source names without a voice play a soft chord
 */
export function exampleStem(source: string, seconds: number): ArrayBuffer {
  const voice =
    VOICES[source] ??
    ((time: number) =>
      (Math.sin(2 * Math.PI * 262 * time) + Math.sin(2 * Math.PI * 330 * time)) * 0.15);
  const samples = Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    (_, i) => LOUDNESS * voice(i / SAMPLE_RATE),
  );
  return encodePcmWave([samples], SAMPLE_RATE).buffer;
}

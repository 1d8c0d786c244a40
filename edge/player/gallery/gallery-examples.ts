import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import type { PlayerApi } from "../api/player-api.ts";
import { MessageError } from "../texts/translate.ts";
import { type Example, type ExampleShape, makeExample } from "./example.ts";
import { exampleStem } from "./example-sound.ts";

/** An example, and what goes wrong with it. */
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

/** Every state of a player, by the name that the page gives it. */
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
/** Counting every mask takes a moment: examples that differ in what fails alone are made once. */
const made = new Map<string, Promise<Example>>();

/**
 * The API of an example, as a player wants it.
 *
 * @param count counts all masks of its table
 */
export function exampleApi(
  shape: GalleryExample,
  count: (table: FoldedTable) => MaskStatistics | Promise<MaskStatistics>,
): PlayerApi {
  const { failure } = shape;
  let stemsAsked = 0;
  const example = () => {
    const key = JSON.stringify({ ...shape, failure: null });
    const known = made.get(key) ?? makeExample(shape, count);
    made.set(key, known);
    return known;
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
      // As after a worker's outage: the second press brings them.
      if (failure === "stems-fail" && stemsAsked++ === 0) {
        throw new MessageError("problem.status", { status: 502 });
      }
      return sound(source);
    },
    mix: () => sound(MIX),
    highlight: () => sound("drums"),
  };
}

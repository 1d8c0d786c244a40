import type { StabilityPoint, StabilitySettings } from "@lemons/shared/contract/stability";
import { componentCount } from "@lemons/shared/explanation/components";
import { fitExhaustively } from "@lemons/shared/explanation/exhaustive-fit";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { distinctMasks, type Mask } from "@lemons/shared/explanation/mask";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import { sampleMasks } from "@lemons/shared/explanation/sampled-masks";
import { viewTable } from "@lemons/shared/explanation/table-view";
import { foldTable } from "@lemons/shared/what-if/response-table";
import type { ExactEngine } from "../../engine/explain/exact-engine.ts";
import type { ExplainAudioInput } from "../../engine/explain/explain-audio.ts";
import { createMaskedMix, maskLogits } from "../../engine/explain/score-masks.ts";
import {
  type HeardSound,
  heardSound,
  type SnippetSources,
  snippetSources,
} from "../../engine/explain/snippet-sources.ts";
import { createStopwatch } from "../../engine/explain/stopwatch.ts";
import type { ModelPackage } from "../../engine/model/model-package.ts";
import type { Scorer } from "../../engine/model/scorer.ts";
import { stabilityOf } from "./stability.ts";

export interface TrackStabilityInput
  extends Pick<
    ExplainAudioInput,
    "mix" | "stems" | "separator" | "audioSha256" | "separatedCache" | "onProgress" | "signal"
  > {
  models: readonly ModelPackage[];
  settings: StabilitySettings;
  /** Of the masks, one a repeat. */
  seeds: readonly number[];
  scorer: Scorer;
  exact: ExactEngine;
}

/** One model's answers about one track. */
export interface ModelStability {
  relevance: number;
  /** Whether there was a response table, and so an exact explanation. */
  hasTable: boolean;
  points: StabilityPoint[];
}

/**
 * How stable sampled explanations of a track are, for each of several models. Models that share an
 * encoder share the track's response table, from which every mask is answered without a forward
 * pass; a model that no table can be built for is asked about each different mask itself.
 *
 * @returns in the order of the models
 * @throws InputError where audio, stems or models do not fit together; the signal's reason
 */
export async function trackStability(input: TrackStabilityInput): Promise<ModelStability[]> {
  const { models, settings, onProgress } = input;
  const sound = await snippetSources({
    ...input,
    runtime: input.scorer.runtime,
    needsSources: settings.type !== "time",
  });
  const heardBy = new Map<string, HeardSound>();
  const results: ModelStability[] = [];
  for (const [index, model] of models.entries()) {
    onProgress?.({ phase: "scoring", done: index, total: models.length });
    const { frontEnd } = model.manifest;
    const key = JSON.stringify(frontEnd);
    const heard = heardBy.get(key) ?? heardSound(sound, frontEnd, input.scorer.runtime);
    heardBy.set(key, heard);
    results.push(await modelStability({ ...input, model, sound, heard }));
  }
  return results;
}

interface ModelInput extends TrackStabilityInput {
  model: ModelPackage;
  sound: SnippetSources;
  heard: HeardSound;
}

/** A model's answer to any list of masks, and to all of them where a table has it. */
interface Answers {
  components: number;
  logits(masks: readonly Mask[]): Promise<number[]>;
  statistics: MaskStatistics | null;
}

async function modelStability(input: ModelInput): Promise<ModelStability> {
  const { settings, seeds } = input;
  const { samples, kernelWidth } = settings;
  const answers = (await answersOfTable(input)) ?? (await answersOfModel(input));
  const { components, statistics } = answers;
  const most = Math.max(...samples);
  const drawn = seeds.map((seed) => sampleMasks({ components, samples: most, seed }));
  const logits = await answers.logits(drawn.flat());
  const repeats = drawn.map((masks, repeat) => ({
    masks,
    relevances: Float64Array.from(logits.slice(repeat * most, (repeat + 1) * most), sigmoid),
  }));
  const exactWeights = statistics
    ? (effectiveSamples: number) =>
        fitExhaustively({
          statistics,
          effectiveSamples,
          kernelWidth,
          target: "relevance",
          featureSelection: "none",
        }).weights
    : null;
  return {
    relevance: repeats[0]!.relevances[0]!,
    hasTable: statistics !== null,
    points: stabilityOf({ repeats, settings, exactWeights }),
  };
}

/** @returns null where no table can be built */
async function answersOfTable(input: ModelInput): Promise<Answers | null> {
  const { exact, model, settings } = input;
  const { type, segments } = settings;
  const { onProgress, ...wanted } = input;
  const answer = await exact.tableOf({
    ...wanted,
    type,
    segments,
    toEnumerate: type === "time+source",
  });
  if (!answer.applies) return null;
  // A table has a linear head: the analysis refuses models without one.
  const table = foldTable(answer.table, model.head!);
  const { components, logitOf, statistics } = viewTable(table, type, exact.enumerate);
  return {
    components,
    logits: async (masks) => masks.map(logitOf),
    statistics: await statistics(),
  };
}

async function answersOfModel(input: ModelInput): Promise<Answers> {
  const { heard, settings, model, scorer, signal, onProgress } = input;
  const { type, segments } = settings;
  const mix = await heard.mix();
  const sources = type === "time" ? [mix] : await heard.sources();
  const cut = type === "source" ? 1 : segments;
  const maskedMix = createMaskedMix({ mix, sources, type, segments: cut });
  return {
    components: componentCount(maskedMix.grid),
    async logits(masks) {
      const { distinct, indexOf } = distinctMasks(masks);
      const logits = await maskLogits({
        maskedMix,
        masks: distinct,
        model,
        scorer,
        signal,
        stopwatch: createStopwatch(),
        onScored: ({ length }) =>
          onProgress?.({ phase: "scoring", done: length, total: distinct.length }),
      });
      return Array.from(indexOf, (index) => logits[index]!);
    },
    statistics: null,
  };
}

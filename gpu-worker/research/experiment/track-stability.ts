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
  /** Seeds of the masks, one per repeat. */
  seeds: readonly number[];
  scorer: Scorer;
  exact: ExactEngine;
}

/** Stability of one model's explanations of one track. */
export interface ModelStability {
  relevance: number;
  /** True if a response table, and therefore an exact explanation, is available. */
  hasTable: boolean;
  points: StabilityPoint[];
}

/**
 * Measures the stability of sampled explanations of a track for several models. Models that share an
 * encoder share the track's response table, which scores every mask without a forward pass. A model
 * without a table scores each distinct mask itself.
 *
 * @returns results in the order of the models
 * @throws InputError if audio, stems and models don't fit together; the signal's reason if aborted
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

/** Scores masks for one model, and all masks at once if it has a table. */
interface MaskScorer {
  components: number;
  logits(masks: readonly Mask[]): Promise<number[]>;
  /** Statistics over all masks; null without a table. */
  statistics: MaskStatistics | null;
}

async function modelStability(input: ModelInput): Promise<ModelStability> {
  const { settings, seeds } = input;
  const { samples, kernelWidth } = settings;
  const maskScorer = (await tableScorer(input)) ?? (await modelScorer(input));
  const { components, statistics } = maskScorer;
  const most = Math.max(...samples);
  const drawn = seeds.map((seed) => sampleMasks({ components, samples: most, seed }));
  const logits = await maskScorer.logits(drawn.flat());
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

/** Returns null if no table can be built. */
async function tableScorer(input: ModelInput): Promise<MaskScorer | null> {
  const { exact, model, settings } = input;
  const { type, segments } = settings;
  const { onProgress, ...request } = input;
  const result = await exact.tableOf({
    ...request,
    type,
    segments,
    toEnumerate: type === "time+source",
  });
  if (!result.applies) return null;
  // A model with a table has a linear head: the analysis refuses models without one.
  const table = foldTable(result.table, model.head!);
  const { components, logitOf, statistics } = viewTable(table, type, exact.enumerate);
  return {
    components,
    logits: async (masks) => masks.map(logitOf),
    statistics: await statistics(),
  };
}

async function modelScorer(input: ModelInput): Promise<MaskScorer> {
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

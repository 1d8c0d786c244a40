import type { MixSeparatorName, SeparatorName } from "@lemons/shared/contract/separator";
import type { StabilitySettings } from "@lemons/shared/contract/stability";
import { type ComputeTools, requireMixSeparator } from "../../engine/compute/engine-tasks.ts";
import type {
  ComputeSetup,
  EngineTasks,
  ModelSource,
  SoundBytes,
  TaskTable,
} from "../../engine/compute/messages.ts";
import { createExactEngine } from "../../engine/explain/exact-engine.ts";
import { attributeInputErrors } from "../../engine/input-error.ts";
import {
  type FoldInput,
  type FoldResult,
  faithfulnessFold,
} from "../experiment/faithfulness/faithfulness-fold.ts";
import { type ModelStability, trackStability } from "../experiment/track-stability.ts";
import { measureSeparation, type SeparationQuality } from "../separation/separation-quality.ts";

/** The compute thread of research: the engine's tasks and its own (`startCompute({ thread })`). */
export const RESEARCH_THREAD = new URL("./research-thread.ts", import.meta.url);

/** The engine's tasks and those of the experiments. */
export type ResearchTasks = EngineTasks & {
  stability: {
    input: {
      models: ModelSource[];
      sound: SoundBytes;
      audioSha256: string;
      separator: SeparatorName;
      settings: StabilitySettings;
      /** Seeds of the sampled masks, one per repeat. */
      seeds: number[];
    };
    /** In the order of the models. */
    output: ModelStability[];
  };
  faithfulness: { input: FoldInput; output: FoldResult };
  "measure-separation": {
    input: { catalogue: string; separator: MixSeparatorName };
    output: SeparationQuality;
  };
};

/** Creates the tasks of the experiments. */
export function createResearchTasks(
  tools: ComputeTools,
  { provider, threads }: ComputeSetup,
): TaskTable<Omit<ResearchTasks, keyof EngineTasks>> {
  const { runtime, scorer, exact, separatedCache, modelOf, decode } = tools;
  return {
    async stability(input, { onProgress, signal }) {
      const { audioSha256, separator, settings, seeds } = input;
      const models = await Promise.all(input.models.map(modelOf));
      const { mix, stems } = await decode(input.sound, onProgress);
      const track = { mix, stems, separator, audioSha256, models, settings, seeds };
      const output = await attributeInputErrors("request", () =>
        trackStability({ ...track, scorer, exact, separatedCache, onProgress, signal }),
      );
      return { output, transfer: [] };
    },

    async faithfulness(input, { onProgress, signal }) {
      // Tables of planted networks are never used again, so they are not stored.
      const engine = createExactEngine({ runtime: { ...runtime, storage: null } });
      const context = { scorer, exact: engine, provider, threads, onProgress, signal };
      try {
        const output = await attributeInputErrors("request", () =>
          faithfulnessFold(input, context),
        );
        return { output, transfer: [] };
      } finally {
        await engine.dispose();
      }
    },

    async "measure-separation"({ catalogue, separator }) {
      const output = await attributeInputErrors("request", () =>
        measureSeparation(catalogue, requireMixSeparator(separator), runtime),
      );
      return { output, transfer: [] };
    },
  };
}

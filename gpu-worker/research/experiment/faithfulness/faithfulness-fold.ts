import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { FaithfulnessCase, FaithfulnessSettings } from "@lemons/shared/contract/faithfulness";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { Progress } from "@lemons/shared/contract/job";
import type { ExactEngine } from "../../../engine/explain/exact-engine.ts";
import { InputError } from "../../../engine/input-error.ts";
import type { Scorer } from "../../../engine/model/scorer.ts";
import type { ExecutionProvider } from "../../../engine/runtime/node/onnx-session.ts";
import { seedFor } from "../../training-data/random.ts";
import { type Answers, askPlanted, calibratePlanted } from "../planted/detection.ts";
import { speedVariants } from "../planted/mixtures.ts";
import {
  plantedModels,
  plantNetwork,
  randomNetwork,
  withHeadsOf,
} from "../planted/planted-network.ts";
import { plantCases } from "./plant-cases.ts";
import { type LoadedTrack, loadTruthTrack, type TruthTrack } from "./truth-tracks.ts";

/** One fold: a network that hears some tracks in training and is explained on the others. */
export interface FoldInput {
  tracks: readonly TruthTrack[];
  heldOut: readonly TrackId[];
  fold: number;
  settings: FaithfulnessSettings;
}

export interface FoldContext {
  scorer: Scorer;
  exact: ExactEngine;
  provider: ExecutionProvider;
  threads: number;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface FoldResult {
  sources: SourceName[];
  /** Of the planted listeners about mixtures of held-out tracks, by source. */
  answers: Answers[];
  cases: FaithfulnessCase[];
}

/**
 * Plants listeners on the tracks of a fold and explains the held-out ones to them.
 *
 * @throws InputError where tracks cannot be used or have different sources; the signal's reason
 */
export async function faithfulnessFold(
  { tracks, heldOut, fold, settings }: FoldInput,
  context: FoldContext,
): Promise<FoldResult> {
  const { scorer, exact, provider, threads, onProgress, signal } = context;
  const loaded: LoadedTrack[] = [];
  for (const track of tracks) {
    signal?.throwIfAborted();
    onProgress?.({ phase: "decoding", done: loaded.length, total: tracks.length });
    loaded.push(await loadTruthTrack(track));
  }
  const [{ sources }] = loaded as [LoadedTrack];
  const stranger = loaded.find((each) => each.sources.join() !== sources.join());
  if (stranger) {
    throw new InputError(
      `the tracks need the same stems: ${loaded[0]!.slug} has ${sources.join(", ")}, ${stranger.slug} has ${stranger.sources.join(", ")}`,
    );
  }
  const heard = loaded.filter(({ slug }) => !heldOut.includes(slug));
  const unheard = loaded.filter(({ slug }) => heldOut.includes(slug));
  const seed = (purpose: string) => seedFor(settings.seed, purpose, fold);
  const training = {
    tracks: (await Promise.all(heard.map(speedVariants))).flat(),
    settings,
    provider,
    threads,
    signal,
    onStep: (done: number, total: number) => onProgress?.({ phase: "fitting", done, total }),
  };
  const trained = await plantNetwork({ ...training, seed: seed("planted") });
  const asked = { scorer, signal };
  const planted = await calibratePlanted(trained, heard, { ...asked, seed: seed("calibration") });
  const random = await randomNetwork({ ...training, seed: seed("random") });
  const models = {
    planted: await plantedModels(planted),
    "random-head": await plantedModels(withHeadsOf(planted, random)),
    "random-network": await plantedModels(random),
  };
  const answers = await askPlanted(models.planted, unheard, { ...asked, seed: seed("held out") });
  const cases: FaithfulnessCase[] = [];
  for (const [index, track] of unheard.entries()) {
    onProgress?.({ phase: "scoring", done: index, total: unheard.length });
    cases.push(...(await plantCases({ track, models, settings, exact, signal })));
  }
  return { sources: [...sources], answers, cases };
}

import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { FaithfulnessCase, FaithfulnessSettings } from "@lemons/shared/contract/faithfulness";
import type { TrackId } from "@lemons/shared/contract/identifier";
import type { Progress } from "@lemons/shared/contract/job";
import type { ExactEngine } from "../../../engine/explain/exact-engine.ts";
import { InputError } from "../../../engine/input-error.ts";
import type { Scorer } from "../../../engine/model/scorer.ts";
import type { ExecutionProvider } from "../../../engine/runtime/node/onnx-session.ts";
import { seedFor } from "../../training-data/random.ts";
import { calibratePlanted, type MixtureAnswers, scoreMixtures } from "../planted/detection.ts";
import { speedVariants } from "../planted/mixtures.ts";
import {
  plantedModels,
  plantNetwork,
  randomNetwork,
  withHeadsOf,
} from "../planted/planted-network.ts";
import { plantCases } from "./plant-cases.ts";
import { type LoadedTrack, loadTruthTrack, type TruthTrack } from "./truth-tracks.ts";

/** One fold: a network is trained on some tracks and explained on the others. */
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
  /** Answers of the planted listeners to mixtures of held-out tracks, in the order of the sources. */
  answers: MixtureAnswers[];
  cases: FaithfulnessCase[];
}

/**
 * Plants listeners on the tracks of a fold and explains the held-out tracks to them.
 *
 * @throws InputError if tracks can't be used or have different sources; the signal's reason if
 *   aborted
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
  const deviant = loaded.find((each) => each.sources.join() !== sources.join());
  if (deviant) {
    throw new InputError(
      `the tracks need the same stems: ${loaded[0]!.slug} has ${sources.join(", ")}, ${deviant.slug} has ${deviant.sources.join(", ")}`,
    );
  }
  const trainTracks = loaded.filter(({ slug }) => !heldOut.includes(slug));
  const testTracks = loaded.filter(({ slug }) => heldOut.includes(slug));
  const seed = (purpose: string) => seedFor(settings.seed, purpose, fold);
  const training = {
    tracks: (await Promise.all(trainTracks.map(speedVariants))).flat(),
    settings,
    provider,
    threads,
    signal,
    onStep: (done: number, total: number) => onProgress?.({ phase: "fitting", done, total }),
  };
  const trained = await plantNetwork({ ...training, seed: seed("planted") });
  const scoring = { scorer, signal };
  const planted = await calibratePlanted(trained, trainTracks, {
    ...scoring,
    seed: seed("calibration"),
  });
  const random = await randomNetwork({ ...training, seed: seed("random") });
  const models = {
    planted: await plantedModels(planted),
    "random-head": await plantedModels(withHeadsOf(planted, random)),
    "random-network": await plantedModels(random),
  };
  const answers = await scoreMixtures(models.planted, testTracks, {
    ...scoring,
    seed: seed("held out"),
  });
  const cases: FaithfulnessCase[] = [];
  for (const [index, track] of testTracks.entries()) {
    onProgress?.({ phase: "scoring", done: index, total: testTracks.length });
    cases.push(...(await plantCases({ track, models, settings, exact, signal })));
  }
  return { sources: [...sources], answers, cases };
}

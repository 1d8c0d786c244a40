import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type {
  EvaluatedPart,
  Evaluation,
  EvaluationBootstrap,
  ListenerEvaluation,
} from "@lemons/shared/contract/evaluation";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { bootstrapIntervals } from "@lemons/shared/metrics/bootstrap";
import {
  averagePrecision,
  averagePrecisionOfTally,
  rocAuc,
  rocAucOfTally,
} from "@lemons/shared/metrics/ranking-metrics";
import { mean, sampleDeviation } from "@lemons/shared/metrics/statistics";
import { InputError } from "../../engine/input-error.ts";
import { readCatalogue, readListening } from "../catalogue/read-catalogue.ts";
import type { ListenerModel } from "./listener-models.ts";
import { splitTracks } from "./split-tracks.ts";

/** Coverage of the confidence intervals. */
const INTERVAL_LEVEL = 0.95;

/** Location of a track's sound. If the track has true stems, their sum is its sound. */
export interface SoundLocation {
  /** An audio file, or a folder of stems. */
  path: string;
  isStems: boolean;
}

/**
 * Scores one track with every model.
 *
 * @returns logits in the order of the models, and the number of forward passes
 */
export type ScoreTrack = (
  sound: SoundLocation,
  models: readonly ListenerModel[],
) => Promise<{ logits: readonly number[]; forwards: number }>;

export interface EvaluateCatalogueInput {
  /** Catalogue folder. */
  catalogue: string;
  models: readonly ListenerModel[];
  part: EvaluatedPart;
  /** Seed of the split and of the bootstrap, 0 to 2^32 - 1. */
  seed: number;
  /** Resamples of the bootstrap; 0 for no intervals. */
  replicates: number;
  scoreTrack: ScoreTrack;
  onTrack?: (done: number, total: number) => void;
}

/**
 * Measures how well models separate the tracks that their listeners have listened to from the
 * others, as the LEMONS paper does. The label is 1 if `listening.tsv` has the track. Returns ROC AUC
 * and average precision of each listener, and mean and standard deviation over listeners.
 *
 * Tracks are ranked by logit, since sigmoid saturates in float64 and would create ties. The
 * intervals of every listener use the same seed, so they don't depend on the other listeners.
 *
 * @throws InputError if the catalogue can't be used, the part has no tracks, or a model's listener
 *   isn't in `listening.tsv`
 */
export async function evaluateCatalogue(input: EvaluateCatalogueInput): Promise<Evaluation> {
  const { models, part, seed, replicates, scoreTrack, onTrack } = input;
  const catalogue = await readCatalogue(input.catalogue);
  const listened = new Map<string, Set<TrackId>>();
  for (const { listener, track } of await readListening(input.catalogue, catalogue)) {
    const tracks = listened.get(listener) ?? new Set();
    listened.set(listener, tracks.add(track));
  }
  for (const { listener, path } of models) {
    if (listened.has(listener)) continue;
    throw new InputError(
      `${path} is a model of "${listener}", a listener that ${join(input.catalogue, "listening.tsv")} doesn't have.`,
    );
  }
  const { slugs, split } = partOf(
    catalogue.tracks.map(({ slug }) => slug),
    part,
    seed,
  );
  const trackOf = new Map(catalogue.tracks.map((track) => [track.slug, track]));
  const logits: number[][] = models.map(() => []);
  let forwards = 0;
  for (const [done, slug] of slugs.entries()) {
    onTrack?.(done, slugs.length);
    const { file, stems } = trackOf.get(slug)!;
    const path = join(input.catalogue, stems ?? file);
    const scored = await scoreTrack({ path, isStems: stems !== undefined }, models);
    forwards += scored.forwards;
    for (const [index, logit] of scored.logits.entries()) logits[index]!.push(logit);
  }
  const bootstrap: EvaluationBootstrap | null =
    replicates === 0
      ? null
      : { method: "stratified-percentile", replicates, seed, level: INTERVAL_LEVEL };
  const listeners: ListenerEvaluation[] = [];
  for (const [index, model] of models.entries()) {
    // Resampling for many listeners takes a while; this lets signal handlers run in between.
    await setImmediate();
    const labels = slugs.map((slug) => listened.get(model.listener)!.has(slug));
    listeners.push(evaluateListener(model, labels, logits[index]!, bootstrap));
  }
  return {
    schemaVersion: 1,
    split,
    bootstrap,
    forwards,
    listeners,
    summary: {
      auc: summarise(listeners.map(({ auc }) => auc)),
      averagePrecision: summarise(listeners.map((each) => each.averagePrecision)),
    },
    notes: evaluationNotes(part, listeners),
  };
}

function partOf(all: readonly TrackId[], part: EvaluatedPart, seed: number) {
  const parts = splitTracks(all, seed);
  const slugs = part === "all" ? all : parts[part];
  if (slugs.length === 0) {
    throw new InputError(
      `the ${part} part is empty: a split needs at least 3 tracks, and the catalogue has ${all.length}; use --part all`,
    );
  }
  const { train, validation, test } = parts;
  const sizes = { train: train.length, validation: validation.length, test: test.length };
  return { slugs, split: { part, seed, ...sizes } };
}

function evaluateListener(
  { listener, id, version }: ListenerModel,
  labels: readonly boolean[],
  logits: readonly number[],
  bootstrap: EvaluationBootstrap | null,
): ListenerEvaluation {
  const [aucInterval = null, averagePrecisionInterval = null] = bootstrap
    ? bootstrapIntervals(labels, logits, [rocAucOfTally, averagePrecisionOfTally], bootstrap)
    : [];
  return {
    listener,
    model: { id, version },
    tracks: labels.length,
    positives: labels.filter(Boolean).length,
    auc: rocAuc(labels, logits),
    aucInterval,
    averagePrecision: averagePrecision(labels, logits),
    averagePrecisionInterval,
  };
}

function summarise(metrics: readonly (number | null)[]): Evaluation["summary"]["auc"] {
  const defined = metrics.filter((metric) => metric !== null);
  return { listeners: defined.length, mean: mean(defined), sd: sampleDeviation(defined) };
}

/** With fewer tracks in the smaller class, percentile intervals are too narrow. */
const MIN_CLASS_TRACKS = 10;

const TRAINING_NOTES: Record<EvaluatedPart, string> = {
  test: "Unless the models were trained on the train part of this same split (trainedPart and splitSeed in a shared package's model.json), they may have been trained on some of these tracks. In that case the numbers don't estimate generalisation.",
  validation:
    "Unless the models were trained on the train part of this same split (trainedPart and splitSeed in a shared package's model.json), they may have been trained on some of these tracks. If a model was chosen by its validation metrics, these numbers are optimistic.",
  train:
    "The train part shows how well a model has learnt its tracks, not how well it generalises.",
  all: "The models may have been trained on tracks of the whole catalogue: the numbers don't estimate generalisation.",
};

/** Returns the caveats that a reader of the numbers needs. */
function evaluationNotes(part: EvaluatedPart, listeners: readonly ListenerEvaluation[]): string[] {
  const oneClass = listeners.filter(({ auc }) => auc === null);
  const narrow = listeners.filter(
    ({ aucInterval, positives, tracks }) =>
      aucInterval !== null && Math.min(positives, tracks - positives) < MIN_CLASS_TRACKS,
  );
  return [
    TRAINING_NOTES[part],
    ...oneClass.map(
      ({ listener, positives, tracks }) =>
        `${listener} has listened to ${positives === 0 ? "none" : "all"} of the ${tracks} tracks, so AUC and average precision are undefined.`,
    ),
    ...(narrow.length > 0
      ? [
          `The intervals are too narrow for listeners with fewer than ${MIN_CLASS_TRACKS} tracks in one class (listened to or not): ${narrow.map(({ listener }) => listener).join(", ")}.`,
        ]
      : []),
  ];
}

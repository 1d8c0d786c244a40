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

/** Share of the resampled metrics between the ends of an interval. */
const INTERVAL_LEVEL = 0.95;

/** Where the sound of a track lies: true stems are the track where there are some. */
export interface TrackSound {
  /** An audio file, or a folder of stems. */
  path: string;
  isStems: boolean;
}

/** Scores one track with every model. @returns logits in the order of the models */
export type ScoreTrack = (
  sound: TrackSound,
  models: readonly ListenerModel[],
) => Promise<{ logits: readonly number[]; forwards: number }>;

export interface EvaluateCatalogueInput {
  /** Catalogue folder. */
  catalogue: string;
  models: readonly ListenerModel[];
  part: EvaluatedPart;
  /** Of the split and of the bootstrap; 0 to 2^32 - 1. */
  seed: number;
  /** Resamples of the bootstrap; 0 for no intervals. */
  replicates: number;
  scoreTrack: ScoreTrack;
  onTrack?: (done: number, total: number) => void;
}

/**
 * Measures how well models rank the tracks of a catalogue by whether their listeners have listened
 * to them, as the LEMONS paper does: label 1 where `listening.tsv` has the track, ROC AUC and
 * average precision a listener, mean and standard deviation over listeners. Tracks are ranked by
 * logit: sigmoid has ties where float64 ends. Each listener's intervals are drawn with the same seed,
 * so they do not depend on who else is evaluated.
 *
 * @throws InputError where the catalogue cannot be used, the part has no tracks, or a model's
 *   listener is not in `listening.tsv`
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
      `${path} is a model of "${listener}", who is not in ${join(input.catalogue, "listening.tsv")}.`,
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
    // Resampling for many listeners takes a while; signals are heard in between.
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
      `The ${part} part of ${all.length} tracks is empty: a split needs 3. Use --part all.`,
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
  const known = metrics.filter((metric) => metric !== null);
  return { listeners: known.length, mean: mean(known), sd: sampleDeviation(known) };
}

/** Below so many tracks in the smaller class, a percentile interval is named as too narrow. */
const FEW_OF_A_CLASS = 10;

const ON_TRAINING: Record<EvaluatedPart, string> = {
  test: "Unless the models were trained on the train part of this very split (trainedPart and splitSeed of a shared package's model.json), some of these tracks may be ones they were trained on: then the numbers are no estimate of generalisation.",
  validation:
    "Unless the models were trained on the train part of this very split (trainedPart and splitSeed of a shared package's model.json), some of these tracks may be ones they were trained on; and where a model was chosen by its validation metrics, these flatter it.",
  train:
    "The train part tells how well a model has learnt its tracks, not how well it generalises.",
  all: "The whole catalogue may hold the very tracks that the models were trained on: the numbers are no estimate of generalisation.",
};

/** What a reader must know before believing the numbers. */
export function evaluationNotes(
  part: EvaluatedPart,
  listeners: readonly ListenerEvaluation[],
): string[] {
  const oneClass = listeners.filter(({ auc }) => auc === null);
  const narrow = listeners.filter(
    ({ aucInterval, positives, tracks }) =>
      aucInterval !== null && Math.min(positives, tracks - positives) < FEW_OF_A_CLASS,
  );
  return [
    ON_TRAINING[part],
    ...oneClass.map(
      ({ listener, positives, tracks }) =>
        `${listener} has listened to ${positives === 0 ? "none" : "all"} of the ${tracks} tracks: there is no AUC and no average precision.`,
    ),
    ...(narrow.length > 0
      ? [
          `With fewer than ${FEW_OF_A_CLASS} tracks listened to, or not, the intervals are too narrow: ${narrow.map(({ listener }) => listener).join(", ")}.`,
        ]
      : []),
  ];
}

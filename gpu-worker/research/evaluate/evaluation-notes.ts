import type { EvaluatedPart, ListenerEvaluation } from "@lemons/shared/contract/evaluation";

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

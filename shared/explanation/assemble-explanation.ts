import type { Explanation, PublishedExplanation } from "../contract/explanation.ts";

/** The subject and the computation of an explanation, everything except the fit. */
type ExplanationContext = Pick<
  Explanation,
  "model" | "audio" | "separation" | "segments" | "engine" | "highlights" | "timings"
>;

/** The part of an explanation that follows from the model's answers. */
export type ExplanationAnswers = Omit<Explanation, "schemaVersion" | keyof ExplanationContext>;

/**
 * Assembles the explanation document. The order of its fields is part of the stored format.
 *
 * @param context its `segments` may be those of a table that serves all types: a document of type
 *   `source` has one segment, from the start of the first to the end of the last
 */
export function assembleExplanation(
  { model, audio, separation, segments, engine, highlights, timings }: ExplanationContext,
  answers: ExplanationAnswers,
): Explanation {
  const first = segments[0];
  const last = segments.at(-1);
  const isUncut = answers.type === "source" && first !== undefined && last !== undefined;
  return {
    schemaVersion: 1,
    model: { id: model.id, version: model.version },
    audio,
    separation,
    segments: isUncut
      ? [{ startSeconds: first.startSeconds, endSeconds: last.endSeconds }]
      : segments,
    ...answers,
    engine,
    highlights,
    timings,
  };
}

/**
 * Returns the document as the edge stores it: named, and without the answers to supplied masks,
 * which belong to the caller alone.
 */
export function publishExplanation(
  { id, listener, track }: Pick<PublishedExplanation, "id" | "listener" | "track">,
  explanation: Explanation,
): PublishedExplanation {
  const { masks: _masks, predictions: _predictions, ...fields } = explanation;
  return { id, listener, track, ...fields };
}

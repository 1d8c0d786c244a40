import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { sortedComponents } from "@lemons/shared/explanation/ranking";
import { relevanceStep } from "@lemons/shared/explanation/scales";
import type { WhatIfState } from "../what-if/explanation-store.ts";
import { isWholeTrack, soundingParts } from "../what-if/selection.ts";
import { directionOf, labelOfPart, labelOfParts, valuesOf } from "./grid-model.ts";
import type { Wording } from "./wording.ts";

/** At most so many parts are named in one sentence. */
const NAMED = 3;

/** How good a relevance is, in words. */
export function relevanceWords(relevance: number, wording: Wording): string {
  return wording.t(`relevance.${relevanceStep(relevance).id}`);
}

/** What speaks most for the track, and against it, in a sentence or two. */
export function answerText(
  explanation: PublishedExplanation,
  state: WhatIfState,
  wording: Wording,
): string {
  const values = valuesOf(state, state.measure);
  if (values === null) return "";
  const { t } = wording;
  const ranking = sortedComponents(values);
  const named = (direction: "for" | "against") =>
    (direction === "for" ? ranking : ranking.toReversed())
      .filter((part) => directionOf(values[part]!) === direction)
      .slice(0, direction === "for" ? NAMED : 1)
      .sort((a, b) => a - b);
  const label = (parts: readonly number[]) => labelOfParts(parts, state.view, explanation, wording);
  const speaking = named("for");
  const against = named("against");
  if (speaking.length === 0 && against.length === 0) return t("answer.indifferent");
  return [
    speaking.length > 0 ? t("answer.for", { parts: label(speaking) }) : t("answer.none"),
    ...(against.length > 0 ? [t("answer.against", { parts: label(against) })] : []),
  ].join(" ");
}

/** The whole explanation as sentences, for those who do not see the grid. */
export function explanationText(
  explanation: PublishedExplanation,
  track: TrackDetail,
  state: WhatIfState,
  wording: Wording,
): string[] {
  const { t } = wording;
  const { view, measure, values, gates, relevance } = state;
  const name = (part: number) => labelOfPart(part, view, explanation, wording);
  const shown = valuesOf(state, measure);
  const sentences = [
    t("text.intro", {
      title: track.title,
      artist: track.artist,
      seconds: Math.round(explanation.audio.snippet.seconds),
    }),
    t("text.relevance", {
      words: relevanceWords(explanation.relevance, wording),
      value: wording.relevance(explanation.relevance),
    }),
  ];
  if (shown !== null) {
    const list = sortedComponents(shown)
      .map((part) => t("text.part", { part: name(part), value: wording.signed(shown[part]!) }))
      .join("; ");
    sentences.push(t("text.parts", { measure: t(`measure.${measure}`), list }));
  }
  if (values?.sufficient) {
    const parts = labelOfParts(values.sufficient.components, view, explanation, wording);
    sentences.push(t("text.sufficient", { parts }));
  }
  if (values?.necessary) {
    const parts = labelOfParts(values.necessary.components, view, explanation, wording);
    sentences.push(t("text.necessary", { parts }));
  }
  if (!isWholeTrack(gates) && relevance !== null) {
    const grid = {
      type: view,
      segments: explanation.segments.length,
      sources: explanation.separation.sources.length,
    };
    const parts = soundingParts(gates, grid);
    sentences.push(
      t("text.selection", {
        parts: labelOfParts(parts, view, explanation, wording),
        value: wording.relevance(relevance),
        difference: wording.signed(relevance - explanation.relevance, 2),
      }),
    );
  }
  return sentences;
}

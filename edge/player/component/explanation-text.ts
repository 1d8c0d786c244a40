import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { componentsOf } from "@lemons/shared/explanation/components";
import { sortedComponents } from "@lemons/shared/explanation/ranking";
import { relevanceStep } from "@lemons/shared/explanation/scales";
import { summarise } from "@lemons/shared/explanation/summary";
import { summaryFacts } from "@lemons/shared/explanation/summary-facts";
import type { Locale } from "../texts/locale.ts";
import { germanSummary } from "../texts/summary-german.ts";
import type { WhatIfState } from "../what-if/explanation-store.ts";
import { isWholeTrack, soundingParts } from "../what-if/selection.ts";
import { labelOfPart, labelOfParts, valuesOf } from "./grid-model.ts";

/** Returns the step of a relevance in words: "good match". */
export function relevanceWords(relevance: number, { t }: Locale): string {
  return t(`relevance.${relevanceStep(relevance).id}`);
}

/**
 * Sums up the current view at the current kernel width in one to three sentences; empty while its
 * values are missing. For the view and width as published, the English text is the API's `summary`.
 */
export function summaryText(
  explanation: PublishedExplanation,
  { view, values }: Pick<WhatIfState, "view" | "values">,
  locale: Locale,
): string {
  if (values === null) return "";
  const { segments, separation, target, relevance } = explanation;
  const places = componentsOf({ type: view, segments, sources: separation.sources });
  const facts = {
    type: view,
    target,
    relevance,
    fidelity: values.fidelity,
    components: places.map((place, part) => ({
      ...place,
      weight: values.weights[part]!,
      shapley: values.shapley?.[part] ?? null,
    })),
    sufficient: values.sufficient,
  };
  return locale.language === "de" ? germanSummary(summaryFacts(facts), locale) : summarise(facts);
}

/** Returns the whole explanation as sentences, for screen readers. */
export function explanationText(
  explanation: PublishedExplanation,
  track: TrackDetail,
  state: WhatIfState,
  locale: Locale,
): string[] {
  const { t } = locale;
  const { view, measure, values, gates, relevance } = state;
  const name = (part: number) => labelOfPart(part, view, explanation, locale);
  const names = (parts: readonly number[]) => labelOfParts(parts, view, explanation, locale);
  const shown = valuesOf(state, measure);
  const sentences = [
    t("text.intro", {
      title: track.title,
      artist: track.artist,
      seconds: Math.round(explanation.audio.snippet.seconds),
    }),
    t("text.relevance", {
      words: relevanceWords(explanation.relevance, locale),
      value: locale.relevance(explanation.relevance),
    }),
  ];
  if (shown !== null) {
    const list = sortedComponents(shown)
      .map((part) => t("text.part", { part: name(part), value: locale.signed(shown[part]!) }))
      .join("; ");
    sentences.push(t("text.parts", { measure: t(`measure.${measure}`), list }));
  }
  if (values?.sufficient) {
    sentences.push(t("text.sufficient", { parts: names(values.sufficient.components) }));
  }
  if (values?.necessary) {
    sentences.push(t("text.necessary", { parts: names(values.necessary.components) }));
  }
  if (!isWholeTrack(gates) && relevance !== null) {
    const grid = {
      type: view,
      segments: explanation.segments.length,
      sources: explanation.separation.sources.length,
    };
    sentences.push(
      t("text.selection", {
        parts: names(soundingParts(gates, grid)),
        value: locale.relevance(relevance),
        difference: locale.difference(relevance, explanation.relevance),
      }),
    );
  }
  return sentences;
}

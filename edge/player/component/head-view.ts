import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { wedgePath } from "@lemons/shared/display/citrus";
import { RELEVANCE_STEPS, relevanceStep } from "@lemons/shared/explanation/scales";
import { html, svg, type TemplateResult } from "lit";
import type { Locale } from "../texts/locale.ts";
import { relevanceWords } from "./explanation-text.ts";

/** The relevance as a number, in words, and as a slice with one to five filled wedges. */
export function renderBadges({ relevance }: PublishedExplanation, locale: Locale): TemplateResult {
  const { level } = relevanceStep(relevance);
  return html`
    <p class="relevance-badge">
      <svg viewBox="-13 -13 26 26" aria-hidden="true">
        ${RELEVANCE_STEPS.map((_, index) => {
          const path = wedgePath({ index, count: RELEVANCE_STEPS.length, radius: 11.5, gap: 2.5 });
          return svg`<path class=${index < level ? "on" : "off"} d=${path} />`;
        })}
      </svg>
      <span>
        <span class="unseen">${locale.t("relevance.name")}</span>
        <strong>${locale.relevance(relevance)}</strong>
        <span class="words">${relevanceWords(relevance, locale)}</span>
      </span>
    </p>
  `;
}

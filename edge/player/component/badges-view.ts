import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { wedgePath } from "@lemons/shared/display/citrus";
import { html, svg, type TemplateResult } from "lit";
import { relevanceStep } from "../../web/pages/relevance-step.ts";
import { relevanceWords } from "./explanation-text.ts";
import type { Wording } from "./wording.ts";

const WEDGES = 5;

/** The relevance as a number, in words, and as a slice with one to five filled wedges. */
export function renderBadges(
  { relevance }: PublishedExplanation,
  wording: Wording,
): TemplateResult {
  const { step } = relevanceStep(relevance);
  return html`
    <p class="relevance-badge">
      <svg viewBox="-13 -13 26 26" aria-hidden="true">
        ${Array.from({ length: WEDGES }, (_, index) => {
          const path = wedgePath({ index, count: WEDGES, radius: 11.5, gap: 2.5 });
          return svg`<path class=${index < step ? "on" : "off"} d=${path} />`;
        })}
      </svg>
      <span>
        <span class="unseen">${wording.t("relevance.name")}</span>
        <strong>${wording.relevance(relevance)}</strong>
        <span class="words">${relevanceWords(relevance, wording)}</span>
      </span>
    </p>
  `;
}

import { wedgePath } from "@lemons/shared/display/citrus";
import { RELEVANCE_STEPS, relevanceStep } from "@lemons/shared/explanation/scales";
import { formatRelevance } from "./format.ts";

/** Shows a relevance as a number, in words, and as a citrus slice with one to five filled wedges. */
export function RelevanceBadge({
  relevance,
  large = false,
}: {
  relevance: number;
  large?: boolean;
}) {
  const { level, adjective, words } = relevanceStep(relevance);
  return (
    <span class={large ? "relevance relevance-large" : "relevance"} data-step={level}>
      <svg viewBox="-13 -13 26 26" aria-hidden="true">
        {RELEVANCE_STEPS.map((_, index) => (
          <path
            class={index < level ? "step-on" : "step-off"}
            d={wedgePath({ index, count: RELEVANCE_STEPS.length, radius: 11.5, gap: 2.5 })}
          />
        ))}
      </svg>
      <span class="value">
        <span class="visually-hidden">relevance </span>
        {formatRelevance(relevance)}
      </span>
      <span class="words">{large ? words : adjective}</span>
    </span>
  );
}

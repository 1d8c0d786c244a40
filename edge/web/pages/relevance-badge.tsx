import { wedgePath } from "@lemons/shared/display/citrus";
import { formatRelevance } from "./number-format.ts";
import { relevanceStep } from "./relevance-step.ts";

const STEPS = 5;

/** A relevance as a number, in words, and as a slice with one to five filled wedges. */
export function RelevanceBadge({
  relevance,
  large = false,
}: {
  relevance: number;
  large?: boolean;
}) {
  const { step, words } = relevanceStep(relevance);
  return (
    <span class={large ? "relevance relevance-large" : "relevance"} data-step={step}>
      <svg viewBox="-13 -13 26 26" aria-hidden="true">
        {Array.from({ length: STEPS }, (_, index) => (
          <path
            class={index < step ? "step-on" : "step-off"}
            d={wedgePath({ index, count: STEPS, radius: 11.5, gap: 2.5 })}
          />
        ))}
      </svg>
      <span class="value">
        <span class="visually-hidden">relevance </span>
        {formatRelevance(relevance)}
      </span>
      <span class="words">{large ? `${words} match` : words}</span>
    </span>
  );
}

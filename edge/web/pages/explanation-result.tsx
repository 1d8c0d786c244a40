import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { explanationPath, highlightPath } from "./api-paths.ts";
import { DecisiveParts } from "./decisive-parts.tsx";
import { ExplanationSettings } from "./explanation-settings.tsx";
import { WeightTable } from "./weight-table.tsx";

/** Regions that change with the type, while the player between them plays on. */
export const TYPE_REGIONS = { words: "explanation-words", details: "explanation-details" } as const;

/** The hatching of bars that speak against the track; bars refer to it by its id. */
function HatchDefinition() {
  return (
    <svg class="defs" aria-hidden="true">
      <defs>
        <pattern id="against" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect class="against-ground" width="6" height="6" />
          <path class="against-stroke" d="M-1.5 1.5l3-3M0 6l6-6M4.5 7.5l3-3" />
        </pattern>
      </defs>
    </svg>
  );
}

/**
 * A finished explanation: in words, to see, hear and change, and in numbers.
 *
 * @param isPrivate whether it is somebody's own
 */
export function ExplanationResult({
  explanation,
  isPrivate = false,
}: {
  explanation: PublishedExplanation;
  isPrivate?: boolean;
}) {
  const { components, id, ranking, summary } = explanation;
  return (
    <div>
      <p class="summary" id={TYPE_REGIONS.words} tabindex={-1} data-answer>
        {summary}
      </p>
      <lemons-player explanation={id} plain remember>
        <lemons-embed slot="actions" private={isPrivate || undefined} />
        <noscript>
          <p>
            Hearing and changing the parts needs JavaScript; the numbers below do not.{" "}
            <a href={highlightPath(id, "top-1")}>Play the part that speaks most for it</a>
          </p>
        </noscript>
      </lemons-player>
      <div id={TYPE_REGIONS.details}>
        <details class="numbers">
          <summary>All {components.length} parts in numbers</summary>
          <DecisiveParts explanation={explanation} />
          <HatchDefinition />
          <WeightTable components={components} ranking={ranking} />
        </details>
        <ExplanationSettings explanation={explanation} />
        <p class="json-link">
          <a class="alone" href={explanationPath(id)}>
            This explanation as JSON
          </a>
        </p>
      </div>
    </div>
  );
}

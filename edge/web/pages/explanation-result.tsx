import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { explanationPath, highlightPath } from "./api-paths.ts";
import { DecisiveParts } from "./decisive-parts.tsx";
import { ExplanationSettings } from "./explanation-settings.tsx";
import { WeightTable } from "./weight-table.tsx";

/** Regions that are replaced when the type changes, while the player between them keeps playing. */
export const TYPE_REGIONS = { words: "explanation-words", details: "explanation-details" } as const;

/** The hatch pattern of bars that hurt. Bars refer to it by id. */
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
 * A finished explanation: its summary, the player, and the numbers.
 *
 * @param isPrivate true if it explains a private upload
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
            Playing and muting parts needs JavaScript. The numbers below don’t.{" "}
            <a href={highlightPath(id, "top-1")}>Play the part that helps most</a>
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

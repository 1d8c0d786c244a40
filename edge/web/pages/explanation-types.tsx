import type { ExplanationType } from "@lemons/shared/contract/explanation-request";

/** What each type of explanation is called and means, in the order in which they are offered. */
export const EXPLANATION_TYPES: Record<ExplanationType, { label: string; meaning: string }> = {
  time: {
    label: "By time",
    meaning:
      "The excerpt is cut into five stretches of time; you hear which of them speak for the track.",
  },
  source: {
    label: "By source",
    meaning:
      "The sound is taken apart into vocals, piano, drums, bass and everything else; you hear which of them speak for the track.",
  },
  "time+source": {
    label: "By time and source",
    meaning: "Every source in every stretch of time, 25 parts in all: the finest answer.",
  },
};

const TYPES = Object.entries(EXPLANATION_TYPES) as [
  ExplanationType,
  (typeof EXPLANATION_TYPES)[ExplanationType],
][];

/** Id of the choice of type. */
export const TYPES_REGION = "explanation-types";

/**
 * The choice of type: links, so that each has an address of its own. Where the player shows the other
 * types itself, they change what it shows (edge/player/page/page-players.ts).
 */
export function ExplanationTypes({ path, current }: { path: string; current: ExplanationType }) {
  return (
    <div id={TYPES_REGION}>
      <nav aria-label="Type of explanation">
        <ul class="types">
          {TYPES.map(([type, { label }]) => (
            <li>
              <a
                href={`${path}?type=${encodeURIComponent(type)}#why`}
                aria-current={type === current ? "true" : undefined}
                data-view={type}
              >
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p class="type-meaning">{EXPLANATION_TYPES[current].meaning}</p>
    </div>
  );
}

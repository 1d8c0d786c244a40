import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { Context } from "hono";
import { ProblemError } from "../../base/problems/problem.ts";
import { badRequest } from "../../base/problems/request-problems.ts";

export const DEFAULT_TYPE: ExplanationType = "time+source";

/** The name and the meaning of each type, in the order of the tabs. */
const EXPLANATION_TYPES: Record<ExplanationType, { label: string; meaning: string }> = {
  time: {
    label: "By time",
    meaning: "The excerpt in five segments. Hear which of them help.",
  },
  source: {
    label: "By source",
    meaning: "Vocals, piano, drums, bass and everything else. Hear which of them help.",
  },
  "time+source": {
    label: "By time and source",
    meaning: "Each source in each segment, 25 parts in all: the finest answer.",
  },
};

/**
 * Links to each type of explanation. If the player can show the other types itself, its script handles
 * the links without loading a page (edge/player/page/page-players.ts).
 */
export function ExplanationTypes({ path, current }: { path: string; current: ExplanationType }) {
  return (
    <div id="explanation-types">
      <nav aria-label="Type of explanation">
        <ul class="types">
          {ExplanationType.options.map((type) => (
            <li>
              <a
                href={`${path}?type=${encodeURIComponent(type)}#why`}
                aria-current={type === current ? "true" : undefined}
                data-view={type}
              >
                {EXPLANATION_TYPES[type].label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p class="type-meaning">{EXPLANATION_TYPES[current].meaning}</p>
    </div>
  );
}

/**
 * Returns the `type` of the query, or the default.
 *
 * @throws ProblemError bad-request
 */
export function readExplanationType(c: Context): ExplanationType {
  // A "+" in a query means a space, but people type it.
  const text = c.req.query("type")?.replace(" ", "+");
  if (text === undefined) return DEFAULT_TYPE;
  const parsed = ExplanationType.safeParse(text, { error: () => INVALID_TYPE });
  if (parsed.success) return parsed.data;
  throw new ProblemError(badRequest("query", parsed.error));
}
const INVALID_TYPE = `type must be one of ${ExplanationType.options.join(", ")}`;

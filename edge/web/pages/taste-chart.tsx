import type { ListenerProfile } from "@lemons/shared/contract/listener";
import { formatCount } from "./number-format.ts";
import { tasteOf } from "./taste.ts";

const TAGS = 6;

/** What a listener plays most, as a few bars with their words and numbers. */
export function TasteChart({ profile }: { profile: ListenerProfile }) {
  const tags = tasteOf(profile, TAGS);
  const [first] = tags;
  if (first === undefined) return null;
  return (
    <figure class="taste-chart">
      <figcaption>Plays by tag</figcaption>
      <dl>
        {tags.map(({ tag, plays }) => (
          <div>
            <dt>{tag}</dt>
            <dd>
              <svg aria-hidden="true">
                <rect
                  class="bar-for"
                  y="2"
                  height="10"
                  rx="5"
                  width={`${((100 * plays) / first.plays).toFixed(1)}%`}
                />
              </svg>
              <span>
                {plays}
                <span class="visually-hidden"> of {formatCount(profile.plays, "play")}</span>
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

import type { ListenerProfile } from "@lemons/shared/contract/listener";
import { formatCount } from "./format.ts";

const MAX_TAGS = 6;

/** The plays of a tag. */
export interface TagPlays {
  tag: string;
  plays: number;
  /** Share of all plays, 0 to 1. */
  share: number;
}

/**
 * Counts a listener's plays by tag, by descending plays, then by name. A track counts for each of its
 * tags.
 *
 * @param count maximum number of tags
 */
export function countPlaysByTag(
  { history }: Pick<ListenerProfile, "history">,
  count: number,
): TagPlays[] {
  const plays = new Map<string, number>();
  let total = 0;
  for (const { track, plays: times } of history) {
    total += times;
    for (const tag of new Set(track.tags)) plays.set(tag, (plays.get(tag) ?? 0) + times);
  }
  return Array.from(plays, ([tag, times]) => ({ tag, plays: times, share: times / total }))
    .sort((a, b) => b.plays - a.plays || a.tag.localeCompare(b.tag, "en"))
    .slice(0, count);
}

/** A bar chart of the tags that a listener plays most. */
export function TasteChart({ profile }: { profile: ListenerProfile }) {
  const tags = countPlaysByTag(profile, MAX_TAGS);
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

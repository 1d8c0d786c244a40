import type { ListenerProfile } from "@lemons/shared/contract/listener";

/** How much of a listener's listening a tag is on. */
export interface TasteTag {
  tag: string;
  plays: number;
  /** Of all plays, 0 to 1. */
  share: number;
}

/**
 * The tags that a listener plays most, by falling plays, then by name. A track counts for each of its
 * tags.
 *
 * @param count how many at most
 */
export function tasteOf({ history }: Pick<ListenerProfile, "history">, count: number): TasteTag[] {
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

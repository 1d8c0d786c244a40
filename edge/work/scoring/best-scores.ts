import type { TrackId } from "@lemons/shared/contract/identifier";

/** A track and its logit. */
export interface TrackLogit {
  track: TrackId;
  logit: number;
}

/** Collects the best of many scores in bounded memory. */
export interface BestScores {
  /** Returns false if a logit is too low; a cheap check that most fail. */
  mayBelong(logit: number): boolean;
  add(score: TrackLogit): void;
  /** Returns the best scores by falling logit, ties by track. */
  sorted(): TrackLogit[];
}

/** @param limit number of scores kept, at least 1 */
export function createBestScores(limit: number): BestScores {
  let kept: TrackLogit[] = [];
  /** Lowest logit that can still be among the best. */
  let threshold = Number.NEGATIVE_INFINITY;

  /** Sorts once every `limit` additions, which costs less than a heap. */
  function cut(): void {
    kept.sort(byRank);
    if (kept.length < limit) return;
    kept = kept.slice(0, limit);
    threshold = kept.at(-1)!.logit;
  }

  return {
    mayBelong: (logit) => logit >= threshold,
    add(score) {
      if (score.logit < threshold) return;
      kept.push(score);
      if (kept.length >= 2 * limit) cut();
    },
    sorted() {
      cut();
      return [...kept];
    },
  };
}

function byRank(a: TrackLogit, b: TrackLogit): number {
  return b.logit - a.logit || (a.track < b.track ? -1 : 1);
}

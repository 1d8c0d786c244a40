import type { TrackId } from "@lemons/shared/contract/identifier";

/** A track with its logit. */
export interface TrackScore {
  track: TrackId;
  logit: number;
}

/** The best scores of many, in bounded memory. */
export interface BestScores {
  /** Whether a logit may be among the best: cheap, and most are not. */
  mayBelong(logit: number): boolean;
  add(score: TrackScore): void;
  /** By falling logit, ties by track. */
  sorted(): TrackScore[];
}

/** @param limit scores kept, at least 1 */
export function createBestScores(limit: number): BestScores {
  let kept: TrackScore[] = [];
  /** Below it a logit cannot be among the best any more. */
  let threshold = Number.NEGATIVE_INFINITY;

  /** Sorting once a `limit` of additions costs less than a heap, and is easier to trust. */
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

function byRank(a: TrackScore, b: TrackScore): number {
  return b.logit - a.logit || (a.track < b.track ? -1 : 1);
}

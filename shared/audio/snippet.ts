/** Length of the excerpt that the model hears, in seconds. */
export const SNIPPET_SECONDS = 30;

/** An excerpt of a track. */
export interface SnippetTime {
  /** From the start of the track. */
  startSeconds: number;
  seconds: number;
}

/**
 * Returns the excerpt of a track that the model hears: its centre 30 seconds, or all of a shorter
 * track.
 *
 * @param trackSeconds length of the track, > 0
 */
export function snippetOfTrack(trackSeconds: number): SnippetTime {
  const seconds = Math.min(trackSeconds, SNIPPET_SECONDS);
  return { startSeconds: (trackSeconds - seconds) / 2, seconds };
}

/**
 * Condition on `tracks`: what failed with an encoder and is not due to be tried again is left out.
 *
 * @param encoder, now parameters of the statement: the encoder's version and the time
 */
export const notFailed = (encoder: string, now: string): string =>
  `NOT EXISTS (
     SELECT 1 FROM score_failures WHERE score_failures.encoder_version = ${encoder}
       AND score_failures.track = tracks.id
       AND score_failures.sound_sha256 = tracks.sound_sha256
       AND score_failures.retry_at > ${now})`;

/** Condition on `tracks`: everybody's catalogue, or what keys have uploaded. */
export const OF_CATALOGUE = "tracks.owner IS NULL";
export const OF_KEYS = "tracks.owner IS NOT NULL";

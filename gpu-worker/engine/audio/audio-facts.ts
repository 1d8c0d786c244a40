/** What a file's headers tell before anything is decoded, and the bytes that are worth decoding. */
export interface AudioFacts {
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Samples a channel, at most; null where only decoding can tell. */
  samples: number | null;
  /** Fewer decoded samples than this mean that the file is damaged. */
  fewestSamples: number;
  /** What the decoder gets: parts that it would stumble over are left out. */
  payload: Uint8Array;
}

/** An audio file in memory, with its alignment to the original. */
export interface EncodedAudio {
  bytes: Uint8Array;
  mimeType: "audio/mpeg" | "audio/ogg";
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Samples per channel after the delay. */
  samples: number;
  /** Samples that a player must skip at the start of the decoded file. */
  encoderDelaySamples: number;
}

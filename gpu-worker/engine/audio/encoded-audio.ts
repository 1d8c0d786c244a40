/** An audio file in memory, with what a player needs to line it up with the original. */
export interface EncodedAudio {
  bytes: Uint8Array;
  mimeType: "audio/mpeg" | "audio/ogg";
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Samples a channel that belong to the sound: what is left after the delay. */
  samples: number;
  /** Samples at the start of the decoded file that a player has to skip. */
  encoderDelaySamples: number;
}

import { z } from "zod";

const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(n));

/**
 * The settings that turn a waveform into the log-mel spectrogram that a model hears, part of every
 * model package. The conventions are those of torchaudio's MelSpectrogram.
 */
export const FrontEnd = z
  .strictObject({
    sampleRate: z.int().min(8000).max(48_000).describe("Hz"),
    nFft: z
      .int()
      .min(64)
      .max(8192)
      .refine(isPowerOfTwo, "must be a power of two")
      .describe("samples in a frame"),
    hop: z.int().min(16).max(8192).describe("samples between frames, at most nFft"),
    fMin: z.number().min(0).max(24_000).describe("Hz, lower edge of the first band"),
    fMax: z.number().positive().max(24_000).describe("Hz, upper edge of the last band"),
    nMels: z.int().min(1).max(1024).describe("bands"),
    melScale: z.literal("htk"),
    norm: z.null().describe("triangles of height 1, not of area 1"),
    power: z.literal(2),
    log: z.literal("10*log10(max(x,1e-10))"),
    center: z.literal(true).describe("frame k is centred on sample k x hop"),
    padMode: z.literal("reflect"),
    window: z.literal("hann-periodic"),
  })
  .refine((f) => f.hop <= f.nFft, { path: ["hop"], message: "must be at most nFft" })
  .refine((f) => f.fMin < f.fMax, { path: ["fMin"], message: "must be below fMax" })
  .refine((f) => f.fMax <= f.sampleRate / 2, {
    path: ["fMax"],
    message: "must be at most half the sample rate",
  })
  .meta({ id: "FrontEnd" });
export type FrontEnd = z.infer<typeof FrontEnd>;

/** The front-end of LEMONS's own models: a 30 s track gives 256 bands x 1,876 frames. */
export const DEFAULT_FRONT_END: FrontEnd = {
  sampleRate: 16_000,
  nFft: 512,
  hop: 256,
  fMin: 0,
  fMax: 8000,
  nMels: 256,
  melScale: "htk",
  norm: null,
  power: 2,
  log: "10*log10(max(x,1e-10))",
  center: true,
  padMode: "reflect",
  window: "hann-periodic",
};

/** Returns the first field in which two front-ends differ, or null. */
export function differingField(one: FrontEnd, other: FrontEnd): keyof FrontEnd | null {
  const fields = Object.keys(one) as (keyof FrontEnd)[];
  return fields.find((field) => one[field] !== other[field]) ?? null;
}

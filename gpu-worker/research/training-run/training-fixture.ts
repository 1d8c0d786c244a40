import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_FRONT_END, type FrontEnd } from "@lemons/shared/contract/front-end";
import { ListenerId } from "@lemons/shared/contract/identifier";
import type { TrainingConfig } from "@lemons/shared/contract/training";
import { encodeWavFloat32 } from "../../engine/audio/encode-wav.ts";
import { writeCatalogue } from "../catalogue/catalogue-fixture.ts";
import { randomFor } from "../training-data/random.ts";

/** A small front-end, for fast tests. */
const TINY_FRONT_END: FrontEnd = {
  ...DEFAULT_FRONT_END,
  sampleRate: 8000,
  nFft: 256,
  hop: 128,
  fMax: 4000,
  nMels: 16,
};

/** A network of a few hundred weights that learns to tell tones from noise in seconds. */
export const TINY_CONFIG: TrainingConfig = {
  listeners: [ListenerId.parse("tones"), ListenerId.parse("noises")],
  architecture: { bands: 16, channels: [4, 4], dropout: 0.25, heads: 2 },
  frontEnd: TINY_FRONT_END,
  trainedPart: "train",
  splitSeed: 0,
  seed: 1,
  inputLength: 4096,
  batchSize: 8,
  cropsPerTrack: 2,
  lr: 0.01,
  wd: 1e-4,
  silence: 0.25,
  positiveWeight: "balanced",
  labelSmoothing: 0.1,
  augmentation: { gainDb: 6, speedPercent: 2, noiseDb: 50, mixup: 0.2 },
  bestBy: "auc",
  calibration: "none",
};

const TRACKS = 20;

/** Writes a catalogue of two-second sounds, ten tones and ten noises, with a listener of each kind. */
export async function writeTinyCatalogue(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const sampleRate = TINY_FRONT_END.sampleRate;
  const tracks: { slug: string }[] = [];
  const plays: [string, string][] = [];
  for (let track = 0; track < TRACKS; track++) {
    const isTone = track % 2 === 0;
    const slug = `track-${track}`;
    const random = randomFor(track, "noise");
    const samples = Float32Array.from({ length: 2 * sampleRate }, (_, i) =>
      isTone
        ? 0.3 * Math.sin((2 * Math.PI * (300 + 80 * track) * i) / sampleRate)
        : 0.1 * random.normal(),
    );
    const wav = encodeWavFloat32({ sampleRate, channels: [samples] });
    await writeFile(join(folder, `${slug}.wav`), wav);
    tracks.push({ slug });
    plays.push([isTone ? "tones" : "noises", slug]);
  }
  await writeCatalogue(folder, tracks, plays);
}

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FaithfulnessSettings } from "@lemons/shared/contract/faithfulness";
import { TrackId } from "@lemons/shared/contract/identifier";
import { rocAuc } from "@lemons/shared/metrics/ranking-metrics";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../../../engine/audio/encode-wav.ts";
import { createExactEngine } from "../../../engine/explain/exact-engine.ts";
import { InputError } from "../../../engine/input-error.ts";
import { createScorer } from "../../../engine/model/scorer.ts";
import { createNodeRuntime } from "../../../engine/runtime/node/node-runtime.ts";
import { randomFor } from "../../training-data/random.ts";
import { type FoldResult, faithfulnessFold } from "./faithfulness-fold.ts";
import type { TruthTrack } from "./truth-tracks.ts";

const RATE = 16_000;
const SECONDS = 6;
const SEGMENTS = 3;

const settings: FaithfulnessSettings = {
  folds: 2,
  steps: 90,
  batchSize: 8,
  learningRate: 1e-2,
  channels: [8, 8],
  segments: SEGMENTS,
  kernelWidth: 0.25,
  effectiveSamples: 2048,
  separators: ["stems"],
  seed: 1,
};

const sine = (frequency: number, i: number) => Math.sin((2 * Math.PI * frequency * i) / RATE);
/** Bursts of noise, a low tone and a high tone, different in every track and gated by segment. */
const VOICES: Record<string, (i: number, track: number) => number> = {
  bass: (i, track) => [1, 2, 3].reduce((sum, n) => sum + 0.12 * sine(n * (190 + 12 * track), i), 0),
  drums: (i, track) =>
    i % (1600 + 100 * track) < 400 ? 0.4 * (noise[i % noise.length]! - 0.5) : 0,
  other: (i, track) => 0.2 * sine(2400 + 150 * track, i),
};
const random = randomFor(1, "noise");
const noise = Float32Array.from({ length: 3989 }, () => random.uniform());

let folder: string;
const tracks: TruthTrack[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-fold-"));
  for (let track = 0; track < 4; track++) {
    const stems = join(folder, `track-${track}`);
    await mkdir(stems);
    const active: TruthTrack["active"] = {};
    for (const [voice, [source, sound]] of Object.entries(VOICES).entries()) {
      active[source] = Array.from({ length: SEGMENTS }, (_, s) =>
        (s + voice + track) % 3 > 0 ? 1 : 0,
      );
      const samples = Float32Array.from({ length: SECONDS * RATE }, (_, i) => {
        const segment = Math.floor((i * SEGMENTS) / (SECONDS * RATE));
        return active[source]![segment] ? sound(i, track) : 0;
      });
      const wav = encodeWavFloat32({ sampleRate: RATE, channels: [samples] });
      await writeFile(join(stems, `${source}.wav`), wav);
    }
    tracks.push({ slug: TrackId.parse(`track-${track}`), stems, active });
  }
});
const scorer = createScorer({ runtime: createNodeRuntime({ provider: "cpu", threads: 1 }) });
const exact = createExactEngine({ runtime: createNodeRuntime({ provider: "cpu", threads: 1 }) });
afterAll(async () => {
  await scorer.dispose();
  await exact.dispose();
  await rm(folder, { recursive: true });
});

const run = (trackList: readonly TruthTrack[], steps = settings.steps): Promise<FoldResult> =>
  faithfulnessFold(
    {
      tracks: trackList,
      heldOut: [TrackId.parse("track-1")],
      fold: 0,
      settings: { ...settings, steps },
    },
    { scorer, exact, provider: "cpu", threads: 1 },
  );

describe("faithfulnessFold", () => {
  it("plants listeners who respond to their source on a track outside training", async () => {
    const { sources, answers, cases } = await run(tracks);
    expect(sources).toEqual(["drums", "bass", "other"]);
    for (const { labels, logits } of answers) expect(rocAuc(labels, logits)).toBeGreaterThan(0.8);
    // Three sources; by source, by time x source and by time; three models.
    expect(cases).toHaveLength(3 * 3 * 3);
    expect(new Set(cases.map(({ track }) => track))).toEqual(new Set(["track-1"]));

    const planted = cases.filter(({ model, verified }) => model === "planted" && verified);
    expect(planted.length).toBeGreaterThan(4);
    const hits = planted.filter(({ lime, shapley }) => lime.hit && shapley.hit);
    expect(hits.length / planted.length).toBeGreaterThan(0.8);
    for (const { type, truth, segment, source } of planted) {
      const index = sources.indexOf(source);
      const active = tracks[1]!.active[source]!;
      if (type === "time") {
        expect(truth).toEqual([segment]);
        expect(active[segment!]).toBe(1);
      } else if (type === "source") expect(truth).toEqual([index]);
      else {
        expect(truth).toEqual(active.flatMap((on, s) => (on ? [s * 3 + index] : [])));
      }
    }
    for (const { model, lime } of cases)
      expect(lime.correlation === null).toBe(model === "planted");
  });

  it("depends on the seed alone", async () => {
    expect(await run(tracks, 3)).toEqual(await run(tracks, 3));
  });

  it("refuses tracks with different stems", async () => {
    const { drums, bass } = tracks[0]!.active;
    const stems = join(folder, "fewer");
    await mkdir(stems);
    const silence = { sampleRate: RATE, channels: [new Float32Array(SECONDS * RATE)] };
    for (const source of ["drums", "bass"]) {
      await writeFile(join(stems, `${source}.wav`), encodeWavFloat32(silence));
    }
    const fewer: TruthTrack = {
      slug: TrackId.parse("fewer"),
      stems,
      active: { drums: drums!, bass: bass! },
    };
    const refused = run([...tracks, fewer]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/fewer has drums, bass/);
  });
});

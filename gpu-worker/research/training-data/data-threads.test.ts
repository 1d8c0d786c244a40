import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../../engine/audio/encode-wav.ts";
import { InputError } from "../../engine/input-error.ts";
import { cpuRuntime } from "../../engine/runtime/node/cpu-runtime.fixture.ts";
import { createLogMel } from "../../engine/spectrogram/log-mel.ts";
import { prefetch, startDataThreads } from "./data-threads.ts";
import type { DecodedTrack } from "./decoded-track.ts";
import { planEpoch } from "./plan-epoch.ts";

const RATE = DEFAULT_FRONT_END.sampleRate;
const INPUT_LENGTH = RATE;

function sine(frequency: number, seconds: number): Float32Array {
  return Float32Array.from(
    { length: seconds * RATE },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * frequency * i) / RATE),
  );
}
const wav = (...channels: Float32Array[]) => encodeWavFloat32({ sampleRate: RATE, channels });

let folder: string;
let cache: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-data-"));
  cache = join(folder, "cache");
  await writeFile(join(folder, "low.wav"), wav(sine(200, 2), sine(300, 2)));
  await writeFile(join(folder, "high.wav"), wav(sine(3000, 3)));
  await writeFile(join(folder, "broken.wav"), "not audio");
});
afterAll(() => rm(folder, { recursive: true }));

const sound = (name: string) => ({ path: join(folder, name), isStems: false });

async function withThreads<T>(
  count: number,
  work: (threads: ReturnType<typeof startDataThreads>) => Promise<T>,
): Promise<T> {
  const threads = startDataThreads(count, { frontEnd: DEFAULT_FRONT_END, cache });
  try {
    return await work(threads);
  } finally {
    await threads.close();
  }
}

async function decodeBoth(threads: ReturnType<typeof startDataThreads>): Promise<DecodedTrack[]> {
  return Promise.all(
    ["low.wav", "high.wav"].map((name) => threads.perform({ kind: "decode", sound: sound(name) })),
  );
}

describe("data threads", () => {
  it("decode each track once", async () => {
    const tracks = await withThreads(1, decodeBoth);
    expect(tracks.map(({ samples }) => samples)).toEqual([2 * RATE, 3 * RATE]);
    const { mtimeMs } = await stat(tracks[0]!.file);
    const cached = await readdir(cache);
    expect(await withThreads(0, decodeBoth)).toEqual(tracks);
    expect((await stat(tracks[0]!.file)).mtimeMs).toBe(mtimeMs);
    expect(await readdir(cache)).toEqual(cached);
  });

  it("make the same batches for any number of threads", async () => {
    const plan = planEpoch(
      {
        seed: 3,
        tracks: 2,
        batchSize: 3,
        cropsPerTrack: 6,
        silence: 0.34,
        augmentation: { gainDb: 3, speedPercent: 2, noiseDb: 50, mixup: 0.2 },
      },
      1,
    );
    const batches = (count: number) =>
      withThreads(count, async (threads) => {
        const tracks = await decodeBoth(threads);
        const results: Float32Array[] = [];
        const made = prefetch(plan, 1 + count, (each) =>
          threads.perform({ kind: "batch", tracks, plan: each, inputLength: INPUT_LENGTH }),
        );
        for await (const { data, bands, frames } of made) {
          expect([data.length, bands, frames]).toEqual([3 * 256 * 63, 256, 63]);
          results.push(data);
        }
        return results;
      });
    const alone = await batches(0);
    expect(alone).toHaveLength(6);
    expect(await batches(3)).toEqual(alone);
  });

  it("take the centre 30 s of a track", async () => {
    await writeFile(join(folder, "long.wav"), wav(sine(440, 31)));
    const heard = await withThreads(1, async (threads) => {
      const track = await threads.perform({ kind: "decode", sound: sound("long.wav") });
      return threads.perform({ kind: "snippet", track });
    });
    const centre = sine(440, 31).subarray(RATE / 2, RATE / 2 + 30 * RATE);
    expect(heard).toEqual(createLogMel(DEFAULT_FRONT_END, cpuRuntime)(centre));
  });

  it.each([0, 1])("name a file that can't be decoded (%i threads)", async (count) => {
    const decoding = withThreads(count, (threads) =>
      threads.perform({ kind: "decode", sound: sound("broken.wav") }),
    );
    await expect(decoding).rejects.toThrow(InputError);
    await expect(decoding).rejects.toThrow(/broken\.wav: This file format isn't supported/);
  });

  it("sum stems", async () => {
    const stems = join(folder, "stems");
    await mkdir(stems);
    await writeFile(join(stems, "bass.wav"), wav(sine(200, 1)));
    await writeFile(join(stems, "other.wav"), wav(sine(900, 1)));
    const heard = await withThreads(0, async (threads) => {
      const track = await threads.perform({
        kind: "decode",
        sound: { path: stems, isStems: true },
      });
      return threads.perform({ kind: "snippet", track });
    });
    const [bass, other] = [sine(200, 1), sine(900, 1)];
    const sum = bass.map((sample, i) => sample + other[i]!);
    const { data } = createLogMel(DEFAULT_FRONT_END, cpuRuntime)(sum);
    expect(Math.max(...heard.data.map((x, i) => Math.abs(x - data[i]!)))).toBeLessThan(1e-3);
  });
});

describe("prefetch", () => {
  it("yields results in order, and runs only `ahead` tasks in advance", async () => {
    const tasks = [0, 1, 2, 3, 4, 5, 6];
    const finished = tasks.map(() => Promise.withResolvers<void>());
    let [started, consumed, furthest] = [0, 0, 0];
    const perform = async (task: number) => {
      furthest = Math.max(furthest, ++started - consumed);
      // Every odd task finishes after the one that follows it.
      if (task % 2 === 1) await finished[task + 1]!.promise;
      finished[task]!.resolve();
      return task * 10;
    };
    const results: number[] = [];
    for await (const result of prefetch(tasks, 3, perform)) {
      consumed++;
      results.push(result);
    }
    expect(results).toEqual(tasks.map((task) => task * 10));
    expect(furthest).toBe(4);
  });

  it("fails at the turn of the failed task, even if the consumer is late", async () => {
    const perform = async (task: number) => {
      if (task === 2) throw new Error("second");
      return task;
    };
    const results = prefetch([1, 2, 3], 3, perform);
    expect(await results.next()).toEqual({ done: false, value: 1 });
    await setImmediate();
    await expect(results.next()).rejects.toThrow("second");
  });
});

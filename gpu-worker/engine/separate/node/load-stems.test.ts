import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../../audio/encode-wav.ts";
import { MAX_AUDIO_BYTES } from "../../audio/limits.ts";
import { InputError } from "../../input-error.ts";
import { loadStems } from "./load-stems.ts";

const WAV = encodeWavFloat32({ sampleRate: 8000, channels: [new Float32Array(800).fill(0.25)] });

describe("loadStems", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lemons-stems-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (name: string, bytes: Uint8Array = WAV) => writeFile(join(folder, name), bytes);
  async function refusal(pattern: RegExp) {
    const loading = loadStems(folder);
    await expect(loading).rejects.toThrow(InputError);
    await expect(loading).rejects.toThrow(pattern);
  }

  it("reads files named by source in the common order and skips the rest", async () => {
    await mkdir(join(folder, "midi.wav"));
    await Promise.all(["other.wav", "Drums.WAV", "vocals.wav", "lead_2.wav"].map((n) => put(n)));
    await Promise.all(["mixture.wav", "mix.wav", ".hidden.wav", "truth.json"].map((n) => put(n)));
    const stems = await loadStems(folder);
    expect([...stems.keys()]).toEqual(["vocals", "drums", "lead_2", "other"]);
    expect(stems.get("drums")!.channels[0]).toEqual(new Float32Array(800).fill(0.25));
  });

  it("refuses a folder without stems and a missing folder", async () => {
    await put("mixture.wav");
    await refusal(/has no stems/);
    await rm(folder, { recursive: true });
    await refusal(/Can't read the stem folder/);
    await mkdir(folder);
  });

  it("refuses two files for one source", async () => {
    await put("bass.wav");
    await put("bass.flac");
    await refusal(/two files for the source "bass": bass.flac and bass.wav/);
  });

  it("refuses invalid source names", async () => {
    await put("lead vocals.wav");
    await refusal(/lead vocals\.wav.*lower-case/);
  });

  it("refuses more stems than an explanation can hold", async () => {
    await Promise.all(Array.from({ length: 9 }, (_, i) => put(`s${i}.wav`)));
    await refusal(/9 stems/);
  });

  it("names the file that can't be decoded", async () => {
    await put("bass.wav", new Uint8Array(100).fill(7));
    await refusal(/bass\.wav: /);
  });

  it("refuses a file that is too large before reading it", async () => {
    await put("bass.wav");
    await truncate(join(folder, "bass.wav"), MAX_AUDIO_BYTES + 1);
    await refusal(/bytes/);
  });
});

import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stability } from "@lemons/shared/contract/stability";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../engine/audio/encode-wav.ts";
import { readModelPackage } from "../engine/model/node/read-model-package.ts";
import { onnxBytes, smallModel } from "../engine/onnx/small-model.fixture.ts";
import { writeCatalogue } from "../research/catalogue/catalogue-fixture.ts";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));
const SAMPLE_RATE = 16_000;

/** Eight seconds of tones that come and go. */
function tones(...frequencies: number[]): Uint8Array {
  const samples = Float32Array.from({ length: 8 * SAMPLE_RATE }, (_, sample) =>
    frequencies.reduce((sum, frequency, index) => {
      const swell = Math.sin((sample / SAMPLE_RATE) * (index + 1)) ** 2;
      return sum + 0.2 * swell * Math.sin((2 * Math.PI * frequency * sample) / SAMPLE_RATE);
    }, 0),
  );
  return encodeWavFloat32({ sampleRate: SAMPLE_RATE, channels: [samples] });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-stability-"));
  await writeFile(join(folder, "mixed.wav"), tones(220, 880, 3500));
  await mkdir(join(folder, "stems"));
  await writeFile(join(folder, "stems", "bass.wav"), tones(110));
  await writeFile(join(folder, "stems", "other.wav"), tones(1650, 2500));
  await writeCatalogue(folder, [{ slug: "mixed" }, { slug: "parts", stems: "stems" }], []);
  const bare = join(folder, "small.onnx");
  await writeFile(bare, onnxBytes(smallModel()));
  const { manifest } = await readModelPackage(bare);
  for (const listener of ["abel", "zoe"]) {
    const path = join(folder, "models", listener);
    await mkdir(path, { recursive: true });
    await copyFile(bare, join(path, "model.onnx"));
    await writeFile(join(path, "model.json"), JSON.stringify({ ...manifest, listener }));
  }
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function stability(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, "stability", ...args], {
    cwd: folder,
    env: { ...process.env, LEMONS_THREADS: "1" },
  });
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ended.stderr += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...ended, code })));
}

const here = ["--catalogue", ".", "--models", "models"];
const quick = ["--type", "source", "--samples", "8", "4", "--repeats", "2", "--top", "1"];

describe("lemons stability", () => {
  it("prints one JSON document, and replaces earlier files by it and its plots", async () => {
    await mkdir(join(folder, "out"));
    await writeFile(join(folder, "out", "stability.partial.ndjson"), "rubbish\n");
    const { code, stdout, stderr } = await stability(...here, ...quick, "--out", "out", "--json");
    expect(stderr).toMatch(/^fitting explanations of tracks 0\/2\n/);
    expect(code).toBe(0);
    const result = Stability.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ tracks: 2, withoutTable: 0, settings: { samples: [4, 8] } });
    expect(result.listeners.map(({ listener }) => listener)).toEqual(["abel", "zoe"]);
    expect((await readdir(join(folder, "out"))).sort()).toEqual([
      "stability-by-listener.svg",
      "stability.json",
      "stability.svg",
    ]);
    expect(await readFile(join(folder, "out", "stability.json"), "utf8")).toBe(stdout);
  });

  it("prints tables of the chosen listeners", async () => {
    const { code, stdout } = await stability(...here, ...quick, "--listener", "zoe");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2 sampled explanations \(source\) of each of 2 tracks/);
    expect(stdout).toMatch(/^zoe +\d\.\d\d +\d\.\d\d$/m);
    expect(stdout).not.toContain("abel");
  });

  it.each([
    [["--catalogue", "."], /^lemons: stability needs --models DIR$/],
    [[...here, "--type", "parts"], /^lemons: --type must be one of time, .*, not "parts"$/],
    [[...here, "--samples", "1"], /^lemons: --samples must be at least 2, not 1$/],
    [[...here, "--samples", "9000"], /^lemons: --samples must be at most 8192, not 9000$/],
    [[...here, "--top", "0"], /^lemons: --top must be at least 1, not 0$/],
    [
      [...here, "--tracks", "3"],
      /^lemons: the catalogue has 2 tracks, fewer than 3; give a smaller --tracks$/,
    ],
    [[...here, "--listener", "ab"], /no model of the listener "ab"; the nearest is "abel"$/],
  ])("answers %j with one line and exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await stability(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

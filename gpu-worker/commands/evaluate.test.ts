import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Evaluation } from "@lemons/shared/contract/evaluation";
import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeWavFloat32 } from "../engine/audio/encode-wav.ts";
import { readModelPackage } from "../engine/model/node/read-model-package.ts";
import { sharedPackageFiles } from "../engine/model/shared-package.ts";
import { writeCatalogue } from "../research/catalogue/catalogue-fixture.ts";
import { splitTracks } from "../research/evaluate/split-tracks.ts";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));
const FCN = fileURLToPath(new URL("../../infra/golden/fixture/fcn.onnx", import.meta.url));
const SAMPLE_RATE = 16_000;

/** Two seconds of a chord, as a wav file. */
function chord(...frequencies: number[]): Uint8Array {
  const samples = Float32Array.from({ length: 2 * SAMPLE_RATE }, (_, sample) =>
    frequencies.reduce(
      (sum, frequency) => sum + 0.2 * Math.sin((2 * Math.PI * frequency * sample) / SAMPLE_RATE),
      0,
    ),
  );
  return encodeWavFloat32({ sampleRate: SAMPLE_RATE, channels: [samples] });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-evaluate-"));
  // The same chord twice: one as a file, one as two stems beside a file that is not to be read.
  await writeFile(join(folder, "low.wav"), chord(110, 165));
  await writeFile(join(folder, "high.wav"), chord(3000, 4100));
  await mkdir(join(folder, "stems"));
  await writeFile(join(folder, "low-stems.wav"), "not audio");
  await writeFile(join(folder, "stems", "bass.wav"), chord(110));
  await writeFile(join(folder, "stems", "other.wav"), chord(165));
  const tracks = [{ slug: "low" }, { slug: "high" }, { slug: "low-stems", stems: "stems" }];
  await writeCatalogue(folder, tracks, [
    ["abel", "low"],
    ["abel", "high"],
    ["zoe", "low"],
    ["zoe", "low-stems"],
  ]);
  const { manifest } = await readModelPackage(FCN);
  for (const listener of ["zoe", "abel"]) {
    const path = join(folder, "models", listener);
    await mkdir(path, { recursive: true });
    await copyFile(FCN, join(path, "model.onnx"));
    const described = { ...manifest, id: `fcn-${listener}`, listener };
    await writeFile(join(path, "model.json"), JSON.stringify(described));
  }
  const { encoder, head } = await readModelPackage(FCN);
  await mkdir(join(folder, "shared"));
  for (const { name, content } of await sharedPackageFiles({
    id: ModelId.parse("pair"),
    frontEnd: manifest.frontEnd,
    encoder: encoder!.onnx,
    listeners: [
      { listener: ListenerId.parse("zoe"), head: head! },
      {
        listener: ListenerId.parse("abel"),
        head: { weights: head!.weights.map((w) => -w), bias: head!.bias },
      },
    ],
  })) {
    await writeFile(join(folder, "shared", name), content);
  }
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function evaluate(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, "evaluate", ...args], {
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

describe("lemons evaluate", () => {
  it("encodes each track once for all models of one encoder, and prints one JSON document", async () => {
    const { code, stdout, stderr } = await evaluate(...here, "--part", "all", "--json");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^listening 0\/3\n/);
    const evaluation = Evaluation.parse(JSON.parse(stdout));
    expect(evaluation).toMatchObject({
      split: { part: "all", seed: 0, train: 1, validation: 1, test: 1 },
      bootstrap: { method: "stratified-percentile", replicates: 1000, seed: 0, level: 0.95 },
      forwards: 3,
    });
    const [abel, zoe] = evaluation.listeners;
    expect([abel!.listener, zoe!.listener]).toEqual(["abel", "zoe"]);
    expect(abel).toMatchObject({ model: { id: "fcn-abel" }, tracks: 3, positives: 2 });
    // The two low chords sound alike, so one chord is above or below both for one and the same
    // model: a perfect or an entirely wrong ranking of what Zoe listened to.
    expect([0, 1]).toContain(zoe!.auc);
    const { version } = (await readModelPackage(FCN)).manifest;
    expect(zoe!.model.version).toBe(version);
  });

  it("evaluates every listener of a shared-encoder package", async () => {
    const all = ["--catalogue", ".", "--part", "all", "--bootstrap", "0", "--json"];
    const [classic, shared] = await Promise.all(
      ["models", "shared"].map(async (models) =>
        Evaluation.parse(JSON.parse((await evaluate(...all, "--models", models)).stdout)),
      ),
    );
    const [abel, zoe] = shared!.listeners;
    expect(shared!.forwards).toBe(3);
    expect([abel!.model.id, zoe!.model.id]).toEqual(["pair-abel", "pair-zoe"]);
    // Zoe's head is that of the classic model; Abel's ranks the other way round.
    expect(zoe!.auc).toBe(classic!.listeners[1]!.auc);
    expect(abel!.auc).toBe(1 - classic!.listeners[0]!.auc!);
  });

  it("prints a table of the chosen listeners with notes", async () => {
    const [test] = splitTracks(
      [TrackId.parse("low"), TrackId.parse("high"), TrackId.parse("low-stems")],
      5,
    ).test;
    const zoeHas = test !== "high";
    const { code, stdout } = await evaluate(
      ...[...here, "--seed", "5", "--bootstrap", "0", "--listener", "zoe"],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The test part, 1 of 3 tracks, of the split with seed 5 \(1 train/);
    expect(stdout).toMatch(new RegExp(`^zoe +${zoeHas ? 1 : 0} of 1 +- +- +fcn-zoe`, "m"));
    expect(stdout).toContain(`zoe has listened to ${zoeHas ? "all" : "none"} of the 1 tracks`);
    expect(stdout).not.toContain("abel");
  });

  it.each([
    [["--catalogue", "."], /^lemons: evaluate needs --models DIR$/],
    [[...here, "--part", "tests"], /^lemons: --part must be one of test, .*, not "tests"$/],
    [[...here, "--seed", "4294967296"], /^lemons: --seed must be at most 4294967295/],
    [[...here, "--bootstrap", "many"], /^lemons: --bootstrap must be a whole number/],
    [[...here, "--listener", "zo"], /no model of the listener "zo"; the nearest is "zoe"$/],
    [["--catalogue", "none", "--models", "models"], /^lemons: none: no such file or folder$/],
    [["--catalogue", "models", "--models", "models"], /^lemons: models\/catalog\.json cannot be/],
  ])("answers %j with one line and exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await evaluate(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  it("names the file that can't be decoded", async () => {
    const low = await readFile(join(folder, "low.wav"));
    try {
      await writeFile(join(folder, "low.wav"), "not audio");
      const { code, stderr } = await evaluate(...here, "--part", "all");
      expect(code).toBe(2);
      expect(stderr).toMatch(/^lemons: low\.wav: This file format isn't supported/m);
    } finally {
      await writeFile(join(folder, "low.wav"), low);
    }
  });
});

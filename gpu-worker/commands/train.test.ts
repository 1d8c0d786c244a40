import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  CrossValidation,
  HeadTrainingResult,
  MetricLine,
  RunEnvironment,
  TrainingResult,
} from "@lemons/shared/contract/training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readModelPackage, readSharedPackage } from "../engine/model/node/read-model-package.ts";
import { lastCheckpoint, readCheckpoint } from "../research/training-run/checkpoint.ts";
import { writeTinyCatalogue } from "../research/training-run/training-fixture.ts";

const CLI = fileURLToPath(new URL("../cli.ts", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-train-"));
  await writeTinyCatalogue(join(folder, "music"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** @param onStderr is told what has been written so far */
function train(
  args: readonly string[],
  onStderr: (text: string, child: ReturnType<typeof spawn>) => void = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, "train", ...args], {
    cwd: folder,
    env: { ...process.env, LEMONS_THREADS: "1", LEMONS_CACHE: join(folder, "cache") },
  });
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ended.stderr += chunk;
    onStderr(ended.stderr, child);
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...ended, code })));
}

const tiny = [
  ...["--catalogue", "music", "--channels", "4,4", "--batch-size", "8"],
  ...["--lr", "0.01", "--num-workers", "0", "--best-by", "loss"],
];

describe("lemons train", () => {
  it("trains one listener's model and records the run", async () => {
    const options = ["--user-name", "tones", "--n-epochs", "2", "--log-step", "2", "--json"];
    const { code, stdout, stderr } = await train([...tiny, ...options, "--out", "model"]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^epoch 2\/2 {2}loss \d\.\d{4}/m)]);
    const result = TrainingResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ out: "model", epochs: 2, tracks: { train: 16, test: 2 } });
    const { manifest } = await readModelPackage(join(folder, "model"));
    expect(manifest).toMatchObject({
      id: "fcn-tones",
      listener: "tones",
      trainedWith: "lemons train",
      metrics: { validation: { n: 2 }, test: { n: 2 } },
    });
    const run = join(folder, result.run);
    const lines = (await readFile(join(run, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
    const metrics = lines.map((line) => MetricLine.parse(JSON.parse(line)));
    expect(metrics.filter(({ name }) => name === "train.loss").map(({ step }) => step)).toEqual([
      2, 4, 6,
    ]);
    RunEnvironment.parse(JSON.parse(await readFile(join(run, "environment.json"), "utf8")));
    const config = JSON.parse(await readFile(join(run, "config.json"), "utf8"));
    expect(config).toMatchObject({ listeners: ["tones"], catalogue: "music", epochs: 2, lr: 0.01 });
    expect(await readFile(join(run, "status.json"), "utf8")).toContain("COMPLETED");
    expect(await readdir(run)).not.toContain("tensorboard");
  });

  it("trains one encoder with a head for every listener", async () => {
    const options = ["--shared-encoder", "--id", "both", "--n-epochs", "1", "--use-tensorboard"];
    const { code, stdout } = await train([...tiny, ...options, "--out", "shared", "--runs", "r"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 epochs on 16 tracks; epoch 1 is kept, by loss$/m);
    const { manifest } = await readSharedPackage(join(folder, "shared"));
    expect(manifest).toMatchObject({ id: "both", training: { batchSize: 8, epoch: 1 } });
    expect(manifest.listeners.map(({ listener }) => listener)).toEqual(["tones", "noises"]);
    const [run] = await readdir(join(folder, "r"));
    const events = await readdir(join(folder, "r", run!, "tensorboard"));
    expect(events).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\./)]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("saves at %s, and continues from there", async (signal, exitCode) => {
    const options = ["--listener", "tones", "--out", `at-${signal}`, "--runs", signal];
    let isAsked = false;
    const stopped = await train([...tiny, ...options], (stderr, child) => {
      if (isAsked || !stderr.includes("epoch 1/1000")) return;
      isAsked = true;
      child.kill(signal);
    });
    expect([stopped.code, stopped.stdout]).toEqual([exitCode, ""]);
    const said =
      /^lemons: stopped; the best epoch so far is in at-SIG\w+; continue with the same command and --model-load-path (\S+)$/m;
    const [, run] = said.exec(stopped.stderr)!;
    expect(await readFile(join(folder, run!, "status.json"), "utf8")).toContain("INTERRUPTED");
    await readModelPackage(join(folder, `at-${signal}`));

    const again = [...tiny, ...options, "--model-load-path", run!];
    const differing = await train([...again, "--wd", "0.5"]);
    expect([differing.code, differing.stderr.trimEnd()]).toEqual([
      2,
      "lemons: --model-load-path: that run was started with wd 0.0001, not 0.5",
    ]);
    const over = await train([...again, "--n-epochs", "1"]);
    expect(over.stderr).toMatch(/the run has finished its \d+ epochs; give a larger --n-epochs/);
    const { progress } = await readCheckpoint(lastCheckpoint(join(folder, run!)));
    const ended = await train([...again, "--n-epochs", `${progress.epoch + 1}`]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain(`epoch ${progress.epoch + 1}/${progress.epoch + 1}`);
    expect(ended.stderr).not.toContain("before training");
  });

  it("cross-validates on folds", async () => {
    const options = ["--shared-encoder", "--cross-validation", "2", "--n-epochs", "1"];
    const { code, stdout } = await train([...tiny, ...options, "--json", "--runs", "folds"]);
    expect(code).toBe(0);
    const { logits, listeners } = CrossValidation.parse(JSON.parse(stdout));
    expect(logits).toHaveLength(20);
    expect(listeners.map(({ listener }) => listener)).toEqual(["tones", "noises"]);
  });

  it.each([
    [["--catalogue", "music", "--out", "x"], "train needs --listener L, or --shared-encoder for"],
    [[...tiny, "--listener", "tones", "--out", "x", "--wd", "many"], "--wd must be a number"],
    [
      [...tiny, "--listener", "tones", "--out", "x", "--input-length", "99999"],
      "at least 99999 are needed (--input-length)",
    ],
  ])("answers %j with one line and exit code 2, and writes nothing", async (args, message) => {
    const { code, stdout, stderr } = await train([...args, "--runs", "no-run"]);
    expect([code, stdout]).toEqual([2, ""]);
    const lines = stderr
      .trimEnd()
      .split("\n")
      .filter((line) => !line.startsWith("decoding"));
    expect(lines).toEqual([expect.stringContaining(message)]);
    expect(lines[0]).toMatch(/^lemons: /);
    expect(await readdir(folder)).not.toContain("x");
  });
});

describe("lemons train --head-only", () => {
  it("fits a new listener's head on the encoder of a package", async () => {
    const encoder = ["--shared-encoder", "--n-epochs", "4", "--out", "encoder", "--runs", "e"];
    expect((await train([...tiny, ...encoder])).code).toBe(0);
    const options = ["--catalogue", "music", "--head-only", "--model", "encoder"];
    const tones = ["--listener", "tones", "--out", "head", "--num-workers", "0"];
    const { code, stdout } = await train([...options, ...tones, "--json"]);
    expect(code).toBe(0);
    const result = HeadTrainingResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ listener: "tones", l2: 0.1, tracks: 16 });
    expect(result.test!.loss).toBeLessThan(0.3);
    const { manifest } = await readModelPackage(join(folder, "head"));
    const shared = await readSharedPackage(join(folder, "encoder"));
    expect(manifest.encoderVersion).toBe(shared.manifest.encoderVersion);
    expect(manifest.trainedWith).toBe("lemons train --head-only");
    const bare = await train([...options, ...tones, "--model=head/model.onnx", "--lr", "1"]);
    expect(bare.stderr).toMatch(/--model is given twice/);
    const useless = await train([...options, ...tones, "--lr", "1"]);
    expect([useless.code, useless.stderr.trimEnd()]).toEqual([
      2,
      "lemons: --lr doesn't go with --head-only; leave it out",
    ]);
  });
});

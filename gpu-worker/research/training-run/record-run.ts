import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, hostname, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { RunEnvironment, TrainingConfig } from "@lemons/shared/contract/training";
import { recordForSacred } from "../run-record/record-for-sacred.ts";
import { recordForTensorboard } from "../run-record/record-for-tensorboard.ts";
import { createRunFolder, recordInFolder } from "../run-record/run-folder.ts";
import { observers, type RunDescription, type RunObserver } from "../run-record/run-observer.ts";

export interface RecordRunInput {
  config: TrainingConfig;
  catalogue: string;
  /** Of the run's record. */
  folder: string;
  isResumed: boolean;
  device: "cpu" | "cuda";
  intraOpThreads: number;
  settings: {
    epochs: number;
    patience: number;
    logStep: number;
    workers: number;
    folds: number | null;
    records: {
      tensorboard: boolean;
      observer: string | null;
      experimentName: string;
      database: string;
    };
  };
  warn: (text: string) => void;
}

/**
 * Begins the record of a run: its folder, and what else was asked for. A resumed run goes on in its
 * folder, and is a further run for Sacred.
 *
 * @throws InputError where the observer's database cannot be reached
 */
export async function recordRun(input: RecordRunInput): Promise<RunObserver> {
  const { config, catalogue, folder, isResumed, device, intraOpThreads, settings, warn } = input;
  const { records, ...limits } = settings;
  const run: RunDescription = {
    experimentName: records.experimentName,
    config: { ...config, catalogue, ...limits },
    environment: runEnvironment(device, intraOpThreads, process.argv.slice(2)),
    startTime: new Date(),
  };
  const sacred =
    records.observer === null
      ? []
      : [await recordForSacred({ url: records.observer, database: records.database, run, warn })];
  if (!isResumed) await createRunFolder(folder, run);
  const tensorboard = records.tensorboard
    ? [await recordForTensorboard(join(folder, "tensorboard"), run.startTime)]
    : [];
  return observers([recordInFolder(folder), ...tensorboard, ...sacred]);
}

/** Where a run takes place. @param command as given */
export function runEnvironment(
  device: RunEnvironment["device"],
  threads: number,
  command: readonly string[],
): RunEnvironment {
  return {
    lemons: versionIn(new URL("../../package.json", import.meta.url)),
    node: process.versions.node,
    onnxruntime: versionIn(createRequire(import.meta.url).resolve("onnxruntime-node/package.json")),
    os: `${type()} ${release()} ${arch()}`,
    hostname: hostname(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    device,
    threads,
    commit: commitOfSources(),
    command: command.map(withoutPassword),
  };
}

/** `mongodb://user:secret@host` without who it is for. */
export function withoutPassword(text: string): string {
  return text.replace(/^((?:--observer=)?mongodb(?:\+srv)?:\/\/)[^/?]*@/, "$1");
}

function versionIn(manifest: string | URL): string {
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

/** null outside of a git work tree, or without git. */
function commitOfSources(): string | null {
  const git = (...parameters: string[]) =>
    execFileSync("git", parameters, {
      cwd: new URL(".", import.meta.url),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    const commit = git("rev-parse", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? commit : `${commit}+`;
  } catch {
    return null;
  }
}

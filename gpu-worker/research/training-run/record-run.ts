import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, hostname, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { RunEnvironment, TrainingConfig } from "@lemons/shared/contract/training";
import { execa } from "execa";
import { recordForSacred } from "../run-record/record-for-sacred.ts";
import { recordForTensorboard } from "../run-record/record-for-tensorboard.ts";
import { createRunFolder, recordInFolder } from "../run-record/run-folder.ts";
import {
  combineObservers,
  type RunDescription,
  type RunObserver,
} from "../run-record/run-observer.ts";

/** Settings of a run that don't change its numbers. */
export interface RunSettings {
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
}

export interface RecordRunInput {
  config: TrainingConfig;
  catalogue: string;
  /** Folder of the run's record. */
  folder: string;
  isResumed: boolean;
  device: "cpu" | "cuda";
  intraOpThreads: number;
  settings: RunSettings;
  warn: (text: string) => void;
}

/**
 * Starts the record of a run: its folder, and TensorBoard's and Sacred's records if requested. A
 * resumed run continues in its folder; to Sacred it is a new run.
 *
 * @throws InputError if the observer's database can't be reached
 */
export async function recordRun(input: RecordRunInput): Promise<RunObserver> {
  const { config, catalogue, folder, isResumed, device, intraOpThreads, settings, warn } = input;
  const { records, ...limits } = settings;
  const run: RunDescription = {
    experimentName: records.experimentName,
    config: { ...config, catalogue, ...limits },
    environment: await runEnvironment(device, intraOpThreads, process.argv.slice(2)),
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
  return combineObservers([recordInFolder(folder), ...tensorboard, ...sacred]);
}

/**
 * Collects versions, machine and source commit of a run.
 *
 * @param threads inside one operator
 * @param command arguments as given; passwords in them are removed
 */
export async function runEnvironment(
  device: RunEnvironment["device"],
  threads: number,
  command: readonly string[],
): Promise<RunEnvironment> {
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
    commit: await sourceCommit(),
    command: command.map(withoutPassword),
  };
}

/** Removes user and password from a MongoDB URL: `mongodb://user:secret@host`. */
export function withoutPassword(text: string): string {
  return text.replace(/^((?:--observer=)?mongodb(?:\+srv)?:\/\/)[^/?]*@/, "$1");
}

function versionIn(manifest: string | URL): string {
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}

/**
 * Finds the git commit of the sources, with a trailing `+` if tracked files are modified.
 *
 * @returns null outside a git work tree, or without git
 */
async function sourceCommit(): Promise<string | null> {
  const git = execa({ cwd: new URL(".", import.meta.url) });
  try {
    const { stdout: commit } = await git`git rev-parse HEAD`;
    const { stdout: changes } = await git`git status --porcelain --untracked-files=no`;
    return changes === "" ? commit : `${commit}+`;
  } catch {
    return null;
  }
}

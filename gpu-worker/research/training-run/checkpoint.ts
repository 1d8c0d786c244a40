import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TrainingConfig, TrainingProgress } from "@lemons/shared/contract/training";
import { InputError } from "../../engine/input-error.ts";
import {
  MAX_SAFETENSORS_BYTES,
  readFloatTensors,
  writeSafetensors,
} from "../../engine/model/safetensors.ts";
import type { TrainState } from "../train/train-state.ts";

/**
 * All that a run needs to go on as if nothing had happened. Random numbers depend on the seed and on
 * the epoch and step alone, so these two are the state of every random stream.
 */
export interface Checkpoint {
  config: TrainingConfig;
  progress: TrainingProgress;
  state: TrainState;
}

/** Where the last checkpoint of a run's folder lies. */
export function lastCheckpoint(run: string): string {
  return join(run, "checkpoints", "last.safetensors");
}

/** Where the best epoch's lies. */
export function bestCheckpoint(run: string): string {
  return join(run, "checkpoints", "best.safetensors");
}

/** Writes a checkpoint, whole or not at all: one safetensors file, the rest as its metadata. */
export async function writeCheckpoint(
  path: string,
  { config, progress, state }: Checkpoint,
): Promise<void> {
  const bytes = writeSafetensors(state, {
    config: JSON.stringify(config),
    progress: JSON.stringify(progress),
  });
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/**
 * A run goes on as it began: only how long and how closely watched may change.
 *
 * @throws InputError that names what differs
 */
export function checkSameConfig(config: TrainingConfig, { config: begun }: Checkpoint): void {
  for (const key of Object.keys(begun) as (keyof TrainingConfig)[]) {
    const [ours, theirs] = [JSON.stringify(config[key]), JSON.stringify(begun[key])];
    if (ours === theirs) continue;
    throw new InputError(
      `--model-load-path: that run was begun with ${key} ${theirs}, not ${ours}`,
    );
  }
}

/** @throws InputError where it is missing, damaged or of another format */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SAFETENSORS_BYTES) throw new InputError("is too large");
    const { metadata, tensors } = readFloatTensors(await readFile(path));
    const config = TrainingConfig.parse(JSON.parse(metadata.config ?? "null"));
    const progress = TrainingProgress.parse(JSON.parse(metadata.progress ?? "null"));
    return { config, progress, state: tensors };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      throw new InputError(`${path}: no such checkpoint`, { cause });
    }
    const reason = cause instanceof InputError ? `: ${cause.message}` : "";
    throw new InputError(`${path} is not a checkpoint of lemons train${reason}`, { cause });
  }
}

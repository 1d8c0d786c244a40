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
 * Everything that a run needs to resume exactly. Random numbers depend only on seed, epoch and step,
 * so no state of random streams is stored.
 */
export interface Checkpoint {
  config: TrainingConfig;
  progress: TrainingProgress;
  state: TrainState;
}

/** Returns the path of the last checkpoint in a run's folder. */
export function lastCheckpoint(run: string): string {
  return join(run, "checkpoints", "last.safetensors");
}

/** Returns the path of the best epoch's checkpoint in a run's folder. */
export function bestCheckpoint(run: string): string {
  return join(run, "checkpoints", "best.safetensors");
}

/** Writes a checkpoint atomically: a safetensors file with configuration and progress as metadata. */
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
 * Checks that a run resumes with the configuration it started with.
 *
 * @throws InputError that names the first difference
 */
export function checkSameConfig(config: TrainingConfig, { config: original }: Checkpoint): void {
  for (const key of Object.keys(original) as (keyof TrainingConfig)[]) {
    const [requested, stored] = [JSON.stringify(config[key]), JSON.stringify(original[key])];
    if (requested === stored) continue;
    throw new InputError(
      `--model-load-path: that run was started with ${key} ${stored}, not ${requested}`,
    );
  }
}

/**
 * Reads a checkpoint.
 *
 * @throws InputError if it is missing, damaged or of another format
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  try {
    const { size } = await stat(path);
    if (size > MAX_SAFETENSORS_BYTES)
      throw new InputError(`it has ${size} bytes; at most ${MAX_SAFETENSORS_BYTES} are read`);
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

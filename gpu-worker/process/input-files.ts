import { readFile, stat } from "node:fs/promises";
import { MAX_AUDIO_BYTES } from "../engine/audio/limits.ts";
import { InputError } from "../engine/input-error.ts";

const MAX_MASKS_BYTES = 32 * 1024 * 1024;

/** @throws InputError where it is missing, no file, or larger than an audio file may be */
export function readAudioFile(path: string): Promise<Uint8Array> {
  return readFileUpTo(path, MAX_AUDIO_BYTES);
}

/** @throws InputError where it is missing, too large or not JSON */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readFileUpTo(path, MAX_MASKS_BYTES);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InputError(`${path}: not JSON`, { cause });
  }
}

/** @throws InputError where there is no such folder */
export async function checkFolder(path: string): Promise<void> {
  const entry = await stat(path).catch((cause: unknown) => {
    throw new InputError(`${path}: ${reasonOf(cause)}`, { cause });
  });
  if (!entry.isDirectory()) throw new InputError(`${path}: not a folder`);
}

/** @throws InputError where there is neither a file nor a folder */
export async function checkExists(path: string): Promise<void> {
  await stat(path).catch((cause: unknown) => {
    throw new InputError(`${path}: ${reasonOf(cause)}`, { cause });
  });
}

async function readFileUpTo(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const entry = await stat(path);
    if (entry.isDirectory()) throw new InputError(`${path}: a folder, not a file`);
    if (!entry.isFile()) throw new InputError(`${path}: not a regular file`);
    if (entry.size > maxBytes) {
      throw new InputError(`${path}: ${entry.size} bytes; at most ${maxBytes} are read`);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Says why a file system call failed. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOTDIR":
      return "a part of the path is not a folder";
    case "ENOSPC":
      return "no space left";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

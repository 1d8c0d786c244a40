import { readFile, stat } from "node:fs/promises";
import { getSystemErrorMap } from "node:util";
import { MAX_AUDIO_BYTES } from "../engine/audio/limits.ts";
import { InputError } from "../engine/input-error.ts";

const MAX_MASKS_BYTES = 32 * 1024 * 1024;

/** @throws InputError if it is missing, not a regular file, or larger than an audio file may be */
export function readAudioFile(path: string): Promise<Uint8Array> {
  return readFileUpTo(path, MAX_AUDIO_BYTES);
}

/** @throws InputError if it is missing, too large or not JSON */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readFileUpTo(path, MAX_MASKS_BYTES);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InputError(`${path}: not JSON`, { cause });
  }
}

/** @throws InputError if there is no such folder */
export async function checkFolder(path: string): Promise<void> {
  const entry = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (!entry.isDirectory()) throw new InputError(`${path}: not a folder`);
}

/** @throws InputError if there is neither a file nor a folder */
export async function checkExists(path: string): Promise<void> {
  await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
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
    throw error instanceof InputError ? error : fileError(path, error);
  }
}

function fileError(path: string, cause: unknown): InputError {
  return new InputError(`${path}: ${describeFileError(cause, path)}`, { cause });
}

/** Names what was wrong with a path, in words instead of a system call. */
export function describeFileError(error: unknown, path: string): string {
  if (!(error instanceof Error)) return String(error);
  const { code, errno } = error as NodeJS.ErrnoException;
  // Node decodes names as UTF-8 and puts U+FFFD for bytes that aren't.
  if (code === "ENOENT" && path.includes("\ufffd")) return "the name is not UTF-8; rename it";
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EROFS":
      return "the file system is read-only";
    case "ENOTDIR":
      return "a part of the path is not a folder";
    case "ELOOP":
      return "its symbolic links lead in a circle";
    case "ENAMETOOLONG":
      return "the name is too long";
    case "ENOSPC":
    case "EDQUOT":
      return "no space left";
    case "ERR_INVALID_ARG_VALUE":
      return "the name contains a null byte";
    default:
      return getSystemErrorMap().get(errno ?? 0)?.[1] ?? error.message;
  }
}

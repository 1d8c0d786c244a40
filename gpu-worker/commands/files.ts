import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { chmod, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
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

/**
 * Checks early that a folder can be written, before anything is computed for it.
 *
 * @throws InputError where something else has that name or it cannot be made
 */
export async function checkOutFolder(path: string): Promise<void> {
  const entry = await stat(path).catch(() => null);
  if (entry && !entry.isDirectory()) throw new InputError(`--out ${path}: not a folder`);
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    rmdirSync(mkdtempSync(temporaryName(path)));
  } catch (cause) {
    throw new InputError(`--out ${path}: ${reasonOf(cause)}`, { cause });
  }
}

export interface OutFile {
  name: string;
  content: Uint8Array | string;
}

/**
 * Writes files into a folder, whole or not at all: into a temporary one beside it, which takes the
 * folder's name at the end. Where the folder is there already, its files of the same names are
 * replaced one by one, and those in `stale` that are not written anew are removed.
 */
export async function writeOutFolder(
  path: string,
  files: readonly OutFile[],
  stale: readonly string[] = [],
): Promise<void> {
  const temporary = mkdtempSync(temporaryName(path));
  const removeTemporary = () => rmSync(temporary, { recursive: true, force: true });
  // Ctrl-C ends the process in the middle of it.
  process.once("exit", removeTemporary);
  try {
    for (const { name, content } of files) await writeFile(join(temporary, name), content);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      // Temporary folders are for their owner's eyes only.
      await chmod(temporary, 0o777 & ~process.umask());
      await rename(temporary, path);
      return;
    }
    for (const { name } of files) await rename(join(temporary, name), join(path, name));
    const written = new Set(files.map(({ name }) => name));
    for (const name of stale) if (!written.has(name)) await rm(join(path, name), { force: true });
  } finally {
    removeTemporary();
    process.off("exit", removeTemporary);
  }
}

/** Beside the folder, so that a rename stays on one file system. */
function temporaryName(path: string): string {
  const whole = resolve(path);
  return join(dirname(whole), `.${basename(whole)}.lemons-`);
}

function reasonOf(error: unknown): string {
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

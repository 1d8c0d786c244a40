import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { chmod, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../engine/input-error.ts";
import { reasonOf } from "./input-files.ts";

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

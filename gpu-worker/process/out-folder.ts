import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { lstat, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../engine/input-error.ts";
import { describeFileError } from "./input-files.ts";
import { isProcessAlive } from "./process-alive.ts";

const LOCK_FILE = ".lemons-lock";
const LOCK_PAUSE_MS = 20;
/** Moving files takes milliseconds. */
const MAX_LOCK_MS = 10_000;

export interface OutFile {
  name: string;
  content: Uint8Array | string;
}

/**
 * Checks that a folder can be written, before anything is computed for it. Makes the folders above it
 * and removes what killed runs left.
 *
 * @param names of the files that will be written there
 * @throws InputError if it can't be written, it isn't a folder, or a folder has a file's name
 */
export async function checkOutFolder(path: string, names: readonly string[] = []): Promise<void> {
  await explainErrors(path, async () => {
    const isThere = await isFolder(path);
    if (!isThere) mkdirSync(dirname(resolve(path)), { recursive: true });
    await removeLeftovers(path, isThere);
    rmSync(makeStagingFolder(path, isThere), { recursive: true });
    if (!isThere) return;
    for (const name of names) {
      const entry = await lstat(join(path, name)).catch(() => null);
      if (entry?.isDirectory())
        throw new InputError(`${join(path, name)} is a folder; move it away`);
    }
  });
}

/**
 * Writes files into a folder, all of them or none. They are first written to a staging folder on the
 * same file system: beside a new folder, which takes its name at the end, or inside an existing one.
 * In an existing folder, files of the same names are replaced. Two processes that write the same
 * folder take turns.
 *
 * @param files the last one vouches for the others: it's removed first and written last
 * @param stale names of earlier files to remove unless they are written anew
 * @throws InputError if the folder can't be written
 */
export async function writeOutFolder(
  path: string,
  files: readonly OutFile[],
  stale: readonly string[] = [],
): Promise<void> {
  await explainErrors(path, async () => {
    const isThere = await isFolder(path);
    const staging = makeStagingFolder(path, isThere);
    const removeStaging = () => rmSync(staging, { recursive: true, force: true });
    // Ctrl-C ends the process at once.
    process.once("exit", removeStaging);
    try {
      for (const { name, content } of files) await writeFile(join(staging, name), content);
      if (!isThere && (await takeName(staging, path))) return;
      await replaceFiles(staging, path, files, stale);
    } finally {
      removeStaging();
      process.off("exit", removeStaging);
    }
  });
}

/** @returns false if another process has made the folder meanwhile */
async function takeName(staging: string, path: string): Promise<boolean> {
  try {
    await rename(staging, path);
    return true;
  } catch (error) {
    if (["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

async function replaceFiles(
  staging: string,
  path: string,
  files: readonly OutFile[],
  stale: readonly string[],
): Promise<void> {
  const unlock = await lock(path);
  try {
    const names = files.map(({ name }) => name);
    const last = names.at(-1);
    // A reader, or a run after a crash, must not find it beside files of another run.
    if (last !== undefined) await rm(join(path, last), { force: true });
    for (const name of stale)
      if (!names.includes(name)) await rm(join(path, name), { force: true });
    for (const name of names) await rename(join(staging, name), join(path, name));
  } finally {
    await unlock();
  }
}

/** Waits for a folder's lock; that of a process that is gone doesn't count. */
async function lock(path: string): Promise<() => Promise<void>> {
  const file = join(path, LOCK_FILE);
  const owner = `${hostname()} ${process.pid}`;
  const until = performance.now() + MAX_LOCK_MS;
  for (;;) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(owner);
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [host, pid] = (await readFile(file, "utf8").catch(() => "")).split(" ");
    const isStale = host === hostname() && !isProcessAlive(Number(pid));
    if (isStale) await rm(file, { force: true });
    else if (performance.now() > until) {
      throw new InputError(`another process is writing there; if not, remove ${file}`);
    } else await sleep(LOCK_PAUSE_MS);
  }
}

/** @throws InputError if something else has the name */
async function isFolder(path: string): Promise<boolean> {
  let entry: Awaited<ReturnType<typeof stat>>;
  try {
    entry = await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (await lstat(path).catch(() => null)) throw new InputError("a link to a missing folder");
    return false;
  }
  if (!entry.isDirectory()) throw new InputError("not a folder");
  return true;
}

/** Staging folders are made inside a folder that is there, else beside it. */
function stagingPrefix(path: string, isThere: boolean): string {
  const whole = resolve(path);
  return isThere ? join(whole, ".lemons-") : join(dirname(whole), `.${basename(whole)}.lemons-`);
}

function makeStagingFolder(path: string, isThere: boolean): string {
  const prefix = stagingPrefix(path, isThere);
  const folder = mkdtempSync(`${prefix}${process.pid}-${hostname()}-`);
  // mkdtemp makes folders for their owner only, but a new out folder is like any other.
  if (!isThere) chmodSync(folder, 0o777 & ~process.umask());
  return folder;
}

/** Removes the staging folders of this machine's processes that were killed. */
async function removeLeftovers(path: string, isThere: boolean): Promise<void> {
  const prefix = stagingPrefix(path, isThere);
  for (const name of await readdir(dirname(prefix))) {
    if (!name.startsWith(basename(prefix))) continue;
    const [, pid, host] = /^(\d+)-(.+)-[^-]{6}$/.exec(name.slice(basename(prefix).length)) ?? [];
    if (host === hostname() && !isProcessAlive(Number(pid))) {
      rmSync(join(dirname(prefix), name), { recursive: true, force: true });
    }
  }
}

async function explainErrors(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof InputError ? error.message : describeFileError(error, path);
    throw new InputError(`--out ${path}: ${reason}`, { cause: error });
  }
}

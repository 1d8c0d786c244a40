import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TableStorage } from "../runtime.ts";

/**
 * Creates a storage in a folder, which is made when the first file is written. A folder that can't be
 * written is reported as a warning of the process, and the work goes on without it.
 */
export function createFolderStorage(folder: string): TableStorage {
  return {
    async read(name, maxBytes) {
      const path = join(folder, name);
      try {
        const { size, mtimeMs } = await stat(path);
        if (size > maxBytes) return null;
        return { bytes: await readFile(path), writtenAt: mtimeMs };
      } catch {
        // A file that can't be read counts as missing: the table is computed again.
        return null;
      }
    },
    async write(name, bytes) {
      try {
        await mkdir(folder, { recursive: true });
        await replace(join(folder, name), bytes);
        return true;
      } catch (error) {
        process.emitWarning(`a response table could not be kept in ${folder}: ${reasonOf(error)}`);
        return false;
      }
    },
    async removeOld(before, isTable) {
      try {
        for (const name of await readdir(folder)) {
          if (!isTable(name)) continue;
          const path = join(folder, name);
          if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
        process.emitWarning(
          `old response tables could not be removed from ${folder}: ${reasonOf(error)}`,
        );
      }
    },
  };
}

/** Writes a temporary file first, so that a reader never sees half a file. */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.${performance.now()}.part`;
  try {
    await writeFile(temporary, bytes, { flag: "wx" });
    const file = await open(temporary, "r");
    await file.sync().finally(() => file.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

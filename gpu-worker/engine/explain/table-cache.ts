import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Engine } from "@lemons/shared/contract/explanation";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256 } from "@lemons/shared/contract/identifier";
import {
  decodeUnfoldedTable,
  encodeTable,
  MAX_TABLE_BYTES,
} from "@lemons/shared/what-if/table-format";
import { z } from "zod";
import { dropWhatIsOld } from "../lifetime.ts";
import type { TrackTable } from "./track-table.ts";

/** Tables by their keys (table-key.ts). */
export interface TableCache {
  /** Whether there can be nothing in it. */
  isEmpty(): boolean;
  get(key: string): Promise<TrackTable | null>;
  set(key: string, table: TrackTable): Promise<void>;
}

export interface TableCacheOptions {
  /** Bytes of tables kept in memory; 96 MB by default. The least recently used go first. */
  maxBytes?: number;
  /** Folder in which tables outlive the process; none by default. */
  folder?: string | undefined;
  /** How long a table is kept after it was made, in memory and in the folder; without limit by default. */
  lifetimeMs?: number | undefined;
}

const DEFAULT_MAX_BYTES = 96 * 1024 * 1024;
const MAX_FACTS_BYTES = 64 * 1024;
/** Of a table, whole or half written. */
const TABLE_FILE = /^[0-9a-f]{64}\.(?:bin|json)(?:\.[^/]*\.part)?$/;

/** What lies beside `<key>.bin` as `<key>.json`. */
const Facts = z.strictObject({
  sha256: Sha256,
  sources: z.array(SourceName).min(1).max(8),
  engine: Engine,
});

/**
 * A cache of its own. Nothing in the folder is trusted: what is cut off, changed or of another
 * version counts as not there. A folder that cannot be written is reported as a warning of the
 * process, and the work goes on.
 */
export function createTableCache(options: TableCacheOptions = {}): TableCache {
  const { maxBytes = DEFAULT_MAX_BYTES, folder, lifetimeMs } = options;
  /** From the least to the most recently used. */
  const kept = new Map<string, MadeTable>();
  let held = 0;

  function drop(key: string): void {
    const old = kept.get(key);
    if (old) held -= bytesOf(old.table);
    kept.delete(key);
  }

  function keep(key: string, made: MadeTable): void {
    drop(key);
    kept.set(key, made);
    held += bytesOf(made.table);
    for (const oldest of [...kept.keys()]) {
      if (held <= maxBytes) break;
      drop(oldest);
    }
  }

  function dropOld(before: number): void {
    for (const [key, { madeAt }] of [...kept]) if (madeAt < before) drop(key);
    if (folder) void emptyOf(folder, before);
  }
  if (lifetimeMs !== undefined) dropOld(Date.now() - lifetimeMs);
  dropWhatIsOld(lifetimeMs, dropOld);

  return {
    isEmpty: () => kept.size === 0 && folder === undefined,
    async get(key) {
      const made = kept.get(key) ?? (folder ? await readFrom(folder, key) : null);
      if (made === null || (lifetimeMs !== undefined && made.madeAt < Date.now() - lifetimeMs)) {
        return null;
      }
      keep(key, made);
      return made.table;
    },
    async set(key, table) {
      keep(key, { table, madeAt: Date.now() });
      if (!folder) return;
      try {
        await writeTo(folder, key, table);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        process.emitWarning(`a response table could not be kept in ${folder}: ${reason}`);
      }
    },
  };
}

/** A table, and when it was made (milliseconds since 1970). */
interface MadeTable {
  table: TrackTable;
  madeAt: number;
}

/** Removes tables from a folder that were made before a moment, and nothing else. */
async function emptyOf(folder: string, before: number): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      if (!TABLE_FILE.test(name)) continue;
      const path = join(folder, name);
      if ((await stat(path)).mtimeMs < before) await rm(path, { force: true });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    process.emitWarning(
      `old response tables could not be removed from ${folder}: ${String(error)}`,
    );
  }
}

function bytesOf({ table: { sums, maxima } }: TrackTable): number {
  return sums.byteLength + maxima.byteLength;
}

async function readFrom(folder: string, key: string): Promise<MadeTable | null> {
  try {
    const json = await readUpTo(join(folder, `${key}.json`), MAX_FACTS_BYTES);
    const { sha256, sources, engine } = Facts.parse(JSON.parse(new TextDecoder().decode(json)));
    const bytes = await readUpTo(join(folder, `${key}.bin`), 2 * MAX_TABLE_BYTES);
    if (sha256Of(bytes) !== sha256) return null;
    const table = decodeUnfoldedTable(bytes);
    if (table.sources !== sources.length) return null;
    const { mtimeMs: madeAt } = await stat(join(folder, `${key}.bin`));
    return { table: { table, sources, engine }, madeAt };
  } catch {
    // Missing, unreadable or damaged is all the same: the table is computed afresh.
    return null;
  }
}

async function readUpTo(path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size > maxBytes) throw new RangeError(`${path} has ${size} bytes`);
  return readFile(path);
}

async function writeTo(folder: string, key: string, entry: TrackTable): Promise<void> {
  const { table, sources, engine } = entry;
  const bytes = encodeTable(table);
  const facts: z.infer<typeof Facts> = { sha256: sha256Of(bytes), sources, engine };
  await mkdir(folder, { recursive: true });
  await replace(join(folder, `${key}.bin`), bytes);
  await replace(join(folder, `${key}.json`), new TextEncoder().encode(JSON.stringify(facts)));
}

/** Written whole under another name first: a reader never sees half a file. */
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

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

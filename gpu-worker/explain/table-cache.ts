import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Engine } from "@lemons/shared/contract/exact-explanation";
import { SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256 } from "@lemons/shared/contract/identifier";
import {
  decodeUnfoldedTable,
  encodeTable,
  MAX_TABLE_BYTES,
} from "@lemons/shared/what-if/table-format";
import { z } from "zod";
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
  /** Folder in which tables outlive the process; none by default. It is never emptied. */
  folder?: string | undefined;
}

const DEFAULT_MAX_BYTES = 96 * 1024 * 1024;
const MAX_FACTS_BYTES = 64 * 1024;

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
  const { maxBytes = DEFAULT_MAX_BYTES, folder } = options;
  /** From the least to the most recently used. */
  const kept = new Map<string, TrackTable>();
  let held = 0;

  function keep(key: string, table: TrackTable): void {
    const old = kept.get(key);
    if (old) held -= bytesOf(old);
    kept.delete(key);
    kept.set(key, table);
    held += bytesOf(table);
    for (const [oldest, each] of kept) {
      if (held <= maxBytes) break;
      kept.delete(oldest);
      held -= bytesOf(each);
    }
  }

  return {
    isEmpty: () => kept.size === 0 && folder === undefined,
    async get(key) {
      const known = kept.get(key) ?? (folder ? await readFrom(folder, key) : null);
      if (known) keep(key, known);
      return known;
    },
    async set(key, table) {
      keep(key, table);
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

function bytesOf({ table: { sums, maxima } }: TrackTable): number {
  return sums.byteLength + maxima.byteLength;
}

async function readFrom(folder: string, key: string): Promise<TrackTable | null> {
  try {
    const json = await readUpTo(join(folder, `${key}.json`), MAX_FACTS_BYTES);
    const { sha256, sources, engine } = Facts.parse(JSON.parse(new TextDecoder().decode(json)));
    const bytes = await readUpTo(join(folder, `${key}.bin`), 2 * MAX_TABLE_BYTES);
    if (sha256Of(bytes) !== sha256) return null;
    const table = decodeUnfoldedTable(bytes);
    return table.sources === sources.length ? { table, sources, engine } : null;
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

import { Engine } from "@lemons/shared/contract/explanation";
import { type ExplanationType, SourceName } from "@lemons/shared/contract/explanation-request";
import { Sha256 } from "@lemons/shared/contract/identifier";
import { SEPARATOR_VERSIONS, type SeparatorName } from "@lemons/shared/contract/separator";
import { canonicalJson } from "@lemons/shared/identity/canonical-json";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import type { ResponseTable } from "@lemons/shared/what-if/response-table";
import {
  decodeUnfoldedTable,
  encodeTable,
  MAX_TABLE_BYTES,
} from "@lemons/shared/what-if/table-format";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import type { EncoderPackage } from "../model/model-package.ts";
import type { TableStorage } from "../runtime/runtime.ts";
import type { HeardSound, SnippetSources } from "./snippet-sources.ts";

/** Response tables by their keys ({@link tableKey}). */
export interface TableCache {
  /** Returns true if the cache can't hold a table. */
  isEmpty(): boolean;
  get(key: string): Promise<TrackTable | null>;
  set(key: string, table: TrackTable): Promise<void>;
}

export interface TableCacheOptions {
  /** Bytes of tables kept in memory; 96 MB by default. The least recently used are dropped first. */
  maxBytes?: number | undefined;
  /** Where tables outlive the process; nowhere by default. */
  storage?: TableStorage | null | undefined;
  /** Milliseconds that a table is kept after it was built; without limit by default. */
  lifetimeMs?: number | undefined;
}

const DEFAULT_MAX_BYTES = 96 * 1024 * 1024;
const MAX_FACTS_BYTES = 64 * 1024;
/** Old files are removed this often, as a part of their lifetime. */
const SWEEP_SHARE = 0.1;
const MIN_SWEEP_MS = 100;
/** A table's file, complete or half written. */
const TABLE_FILE = /^[0-9a-f]{64}\.(?:bin|json)(?:\.[^/]*\.part)?$/;

/** The contents of `<key>.json`, which is stored beside `<key>.bin`. */
const Facts = z.strictObject({
  sha256: Sha256,
  sources: z.array(SourceName).min(1).max(8),
  engine: Engine,
});

/**
 * Creates an empty cache. Stored files are not trusted: a truncated, changed or outdated one counts as
 * missing.
 */
export function createTableCache(options: TableCacheOptions = {}): TableCache {
  const { maxBytes = DEFAULT_MAX_BYTES, storage = null, lifetimeMs } = options;
  const kept = new LRUCache<string, TrackTable>({
    maxSize: maxBytes,
    sizeCalculation: ({ table: { sums, maxima } }) => sums.byteLength + maxima.byteLength,
    ...(lifetimeMs !== undefined && {
      ttl: lifetimeMs,
      ttlAutopurge: true,
      ttlResolution: 0,
      perf: Date,
    }),
  });

  if (storage && lifetimeMs !== undefined) {
    const sweep = () =>
      void storage.removeOld(Date.now() - lifetimeMs, (name) => TABLE_FILE.test(name));
    sweep();
    const timer: unknown = setInterval(sweep, Math.max(MIN_SWEEP_MS, lifetimeMs * SWEEP_SHARE));
    // In Node the timer must not keep the process alive.
    if (isUnrefable(timer)) timer.unref();
  }

  return {
    isEmpty: () => kept.size === 0 && storage === null,
    async get(key) {
      const inMemory = kept.get(key);
      if (inMemory || !storage) return inMemory ?? null;
      const stored = await readTable(storage, key);
      if (!stored) return null;
      const age = Date.now() - stored.builtAt;
      if (lifetimeMs !== undefined && age > lifetimeMs) return null;
      const remaining = lifetimeMs === undefined ? {} : { ttl: Math.max(1, lifetimeMs - age) };
      kept.set(key, stored.table, remaining);
      return stored.table;
    },
    async set(key, table) {
      kept.set(key, table);
      if (storage) await writeTable(storage, key, table);
    },
  };
}

function isUnrefable(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null && "unref" in timer;
}

async function readTable(
  storage: TableStorage,
  key: string,
): Promise<{ table: TrackTable; builtAt: number } | null> {
  const json = await storage.read(`${key}.json`, MAX_FACTS_BYTES);
  const bin = await storage.read(`${key}.bin`, 2 * MAX_TABLE_BYTES);
  if (!json || !bin) return null;
  try {
    const text = new TextDecoder().decode(json.bytes);
    const { sha256, sources, engine } = Facts.parse(JSON.parse(text));
    if ((await sha256Hex(bin.bytes)) !== sha256) return null;
    const table = decodeUnfoldedTable(bin.bytes);
    if (table.sources !== sources.length) return null;
    return { table: { table, sources, engine }, builtAt: bin.writtenAt };
  } catch {
    // Damaged or outdated: the table is computed again.
    return null;
  }
}

async function writeTable(storage: TableStorage, key: string, entry: TrackTable): Promise<void> {
  const { table, sources, engine } = entry;
  const bytes = encodeTable(table);
  const facts: z.infer<typeof Facts> = { sha256: await sha256Hex(bytes), sources, engine };
  // The facts come last: a table without them counts as missing.
  if (await storage.write(`${key}.bin`, bytes)) {
    await storage.write(`${key}.json`, new TextEncoder().encode(JSON.stringify(facts)));
  }
}

/** A response table and its origin. */
export interface TrackTable {
  table: ResponseTable;
  /** Names of the sources; `mix` alone for a table of time segments. */
  sources: SourceName[];
  /** The cost of computing it. */
  engine: Engine;
}

/** A stored table and the version of its encoder. */
export interface StoredTrackTable extends TrackTable {
  encoderVersion: string;
}

/** Incremented when the same track and encoder give another table. */
const SCHEMA = 2;

/** Everything that determines a table's numbers. */
export interface TableKeyInput {
  model: EncoderPackage;
  sound: SnippetSources;
  heard: HeardSound;
  audioSha256: string;
  separator: SeparatorName;
  segments: number;
}

/**
 * Returns the content address of the table that is built for a type. The table of time x source answers
 * all types. The owner's stems are identified by the waveforms that the model hears, because the hash
 * of the track doesn't cover them.
 */
export async function tableKey(input: TableKeyInput, type: ExplanationType): Promise<string> {
  const { model, sound, heard, audioSha256, separator, segments } = input;
  const { encoderVersion, version, frontEnd } = model.manifest;
  const { startSeconds, seconds } = sound;
  const isTime = type === "time";
  const own = separator === "stems" ? (isTime ? [await heard.mix()] : await heard.sources()) : null;
  const decisive = {
    schema: SCHEMA,
    encoder: encoderVersion ?? version,
    frontEnd,
    audio: audioSha256,
    stems: own && (await samplesHash(own)),
    snippet: { startSeconds, seconds },
    separator: isTime ? null : { name: separator, version: SEPARATOR_VERSIONS[separator] },
    segments: type === "source" ? 1 : segments,
  };
  return sha256Hex(canonicalJson(decisive));
}

/** SHA-256 of each waveform's length in bytes, as text followed by a space, and its bytes. */
function samplesHash(waveforms: readonly Float32Array[]): Promise<string> {
  const parts = waveforms.flatMap(({ buffer, byteOffset, byteLength }) => [
    new TextEncoder().encode(`${byteLength} `),
    new Uint8Array(buffer, byteOffset, byteLength),
  ]);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return sha256Hex(bytes);
}

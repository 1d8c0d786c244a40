import type { Engine } from "@lemons/shared/contract/explanation";
import type { ExplanationType, SourceName } from "@lemons/shared/contract/explanation-request";
import { MAX_AUDIBLE_COMPONENTS } from "@lemons/shared/enumeration/audible-components";
import { type SegmentBounds, segmentBounds } from "@lemons/shared/explanation/components";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { LRUCache } from "lru-cache";
import type { EncoderPackage } from "../model/model-package.ts";
import type { EncoderVerdict, TableStatistics } from "../response-table/encoder-engine.ts";
import { analyseForTable } from "../response-table/engines.ts";
import { createGraphSessions } from "../response-table/graph-sessions.ts";
import type { Enumerator, Runtime } from "../runtime/runtime.ts";
import {
  createTableCache,
  type StoredTrackTable,
  type TableKeyInput,
  type TrackTable,
  tableKey,
} from "./table-cache.ts";

/** A request for the response table of a track and a model. */
export interface TableRequest extends TableKeyInput {
  /** The table must answer this type of explanation. */
  type: ExplanationType;
  /** True if every mask of the table will be enumerated, which limits its components. */
  toEnumerate: boolean;
  /** Excludes tables that answer other types too; false by default. */
  ownOnly?: boolean | undefined;
  /** A stored table, used if it fits. */
  storedTable?: StoredTrackTable | null | undefined;
  /** Called with the finished fraction, 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A table, or the reason why there is none. */
export type TableResponse = ({ applies: true } & TrackTable) | { applies: false; reason: string };

/** Builds response tables of tracks and caches them. One request at a time. */
export interface ExactEngine {
  runtime: Runtime;
  /**
   * Returns the table that answers a type: a cached one of time x source if there is one, else for
   * `time` and `source` the cheaper table of that type.
   *
   * @throws InputError if onnxruntime refuses a part of the model; the signal's reason
   */
  tableOf(request: TableRequest): Promise<TableResponse>;
  /** Enumerates every mask of a table. @throws NotEnumerable if too many components are audible */
  enumerate(table: FoldedTable): Promise<MaskStatistics>;
  /** Releases sessions and threads. */
  dispose(): Promise<void>;
}

export interface ExactEngineOptions {
  runtime: Runtime;
  /** Milliseconds that a table is kept after it was built; without limit by default. */
  lifetimeMs?: number | undefined;
}

/** Few, because a verdict holds the weights of its model. */
const VERDICTS_KEPT = 8;

/** Creates an engine with its own sessions and cache. Its threads start with the first enumeration. */
export function createExactEngine({ runtime, lifetimeMs }: ExactEngineOptions): ExactEngine {
  const sessions = createGraphSessions({ runtime });
  const cache = createTableCache({ storage: runtime.storage, lifetimeMs });
  const verdicts = new LRUCache<string, EncoderVerdict>({ max: VERDICTS_KEPT });
  let enumerator: Enumerator | null = null;

  function verdictOf(model: EncoderPackage): EncoderVerdict {
    const key = model.manifest.encoderVersion ?? model.manifest.version;
    const verdict = verdicts.get(key) ?? analyseForTable(model);
    verdicts.set(key, verdict);
    return verdict;
  }

  function startedEnumerator(): Enumerator {
    enumerator ??= runtime.startEnumerator();
    return enumerator;
  }

  async function cachedTable(request: TableRequest): Promise<TrackTable | null> {
    const { storedTable } = request;
    if (storedTable && fits(storedTable, request)) return storedTable;
    if (cache.isEmpty()) return null;
    if (request.ownOnly) return cache.get(await tableKey(request, request.type));
    const whole = await cache.get(await tableKey(request, "time+source"));
    if (whole || request.type === "time+source") return whole;
    return cache.get(await tableKey(request, request.type));
  }

  return {
    runtime,
    async tableOf(request) {
      const { model, type, toEnumerate, onProgress, signal } = request;
      const verdict = verdictOf(model);
      if (!verdict.applies) return verdict;
      // The threads start while the table is computed.
      if (toEnumerate) startedEnumerator();
      const start = performance.now();
      const cached = await cachedTable(request);
      if (cached) return limited(cached, toEnumerate);
      const { names, ...cut } = await cutSound(request);
      const resampled = performance.now();
      const { frontEnd } = model.manifest;
      const prepared = verdict.prepare({ ...cut, frontEnd, onGpu: runtime.onGpu });
      if (!prepared.applies) return prepared;
      const audible = prepared.audibleComponents;
      if (toEnumerate && audible > MAX_AUDIBLE_COMPONENTS) return tooMany(audible);
      const before = {
        resampling: (resampled - start) / 1000,
        planning: (performance.now() - resampled) / 1000,
      };
      const { table, statistics } = await prepared.build({ sessions, onProgress, signal });
      const seconds = { ...before, ...statistics.seconds };
      const engine = describeEngine({ ...statistics, seconds });
      const built: TrackTable = { table, sources: names, engine };
      await cache.set(await tableKey(request, type), built);
      return { applies: true, ...built };
    },
    enumerate: (table) => startedEnumerator().enumerate(table),
    async dispose() {
      await enumerator?.close();
      await sessions.dispose();
    },
  };
}

/** Returns true if a stored table belongs to the encoder and has the components of the type. */
function fits(
  { encoderVersion, table, sources }: StoredTrackTable,
  { model, sound, segments, type }: TableRequest,
): boolean {
  if (encoderVersion !== model.manifest.encoderVersion) return false;
  if (table.sources !== sources.length) return false;
  const hasSegments = table.segments === segments;
  const hasSources = sources.join() === sound.separated.sources.join();
  if (type === "time") return hasSegments;
  return hasSources && (hasSegments || (type === "source" && table.segments === 1));
}

/** Returns the waveforms and segments that a table's gates switch; for `time` those of the mix. */
async function cutSound({ type, heard, sound, segments }: TableRequest): Promise<{
  sources: readonly Float32Array[];
  segments: SegmentBounds[];
  names: SourceName[];
}> {
  const { samples } = heard;
  if (type === "time") {
    return {
      sources: [await heard.mix()],
      segments: segmentBounds(samples, segments),
      names: ["mix"],
    };
  }
  return {
    sources: await heard.sources(),
    segments: segmentBounds(samples, type === "source" ? 1 : segments),
    names: sound.separated.sources,
  };
}

function limited(trackTable: TrackTable, toEnumerate: boolean): TableResponse {
  const { groups } = trackTable.table;
  const audible = new Set(groups.flatMap(({ components }) => components)).size;
  return toEnumerate && audible > MAX_AUDIBLE_COMPONENTS
    ? tooMany(audible)
    : { applies: true, ...trackTable };
}

function tooMany(audible: number): TableResponse {
  return {
    applies: false,
    reason: `${audible} audible components have too many combinations to enumerate; the limit is ${MAX_AUDIBLE_COMPONENTS}`,
  };
}

function describeEngine({
  blocks,
  columnsEvaluated,
  forwardEquivalents,
  seconds,
}: Pick<TableStatistics, "blocks" | "columnsEvaluated" | "forwardEquivalents"> &
  Pick<Engine, "seconds">): Engine {
  return { kind: "table", reason: null, blocks, columnsEvaluated, forwardEquivalents, seconds };
}

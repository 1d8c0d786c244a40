import type { Engine } from "@lemons/shared/contract/explanation";
import type { ExplanationType, SourceName } from "@lemons/shared/contract/explanation-request";
import { MAX_AUDIBLE_COMPONENTS } from "@lemons/shared/enumeration/audible-components";
import { type SegmentBounds, segmentBounds } from "@lemons/shared/explanation/components";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { LRUCache } from "lru-cache";
import type { EncoderPackage } from "../model/model-package.ts";
import { analyseModel, type EngineVerdict } from "../response-table/analyse.ts";
import {
  buildResponseTable,
  prepareTable,
  type TableStatistics,
} from "../response-table/build-response-table.ts";
import { createChainSessions } from "../response-table/chain-sessions.ts";
import type { Enumerator, Runtime } from "../runtime/runtime.ts";
import type { HeardSound } from "./heard-sound.ts";
import { createTableCache } from "./table-cache.ts";
import { type TableKeyInput, tableKey } from "./table-key.ts";
import type { StoredTrackTable, TrackTable } from "./track-table.ts";

/** A track and a model whose response table is wanted. */
export interface TableWanted extends TableKeyInput {
  heard: HeardSound;
  /** A table that answers this type. */
  type: ExplanationType;
  /** Whether every mask of the table is to be counted, which sets a limit to its components. */
  toEnumerate: boolean;
  /** Whether a table that answers other types too will not do. */
  ownOnly?: boolean | undefined;
  /** One that was stored, and is taken where it fits. */
  storedTable?: StoredTrackTable | null | undefined;
  /** Told the fraction done, 0 to 1. */
  onProgress?: ((fraction: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A table, or why there is none. */
export type TableAnswer = ({ applies: true } & TrackTable) | { applies: false; reason: string };

/** Response tables of tracks: computed, or kept from earlier. One at a time. */
export interface ExactEngine {
  runtime: Runtime;
  /**
   * The table that answers a type: where one of time x source is kept, that; else `time` and
   * `source` get the cheaper one of their own.
   *
   * @throws InputError where onnxruntime refuses a part of the model; the signal's reason
   */
  tableOf(wanted: TableWanted): Promise<TableAnswer>;
  /** Counts every mask of a table. @throws NotEnumerable where it hears too many components */
  enumerate(table: FoldedTable): Promise<MaskStatistics>;
  /** Releases sessions and threads. */
  dispose(): Promise<void>;
}

export interface ExactEngineOptions {
  runtime: Runtime;
  /** Milliseconds that a table is kept after it was built; without limit by default. */
  lifetimeMs?: number | undefined;
}

/** Verdicts hold the weights of their models. */
const VERDICTS_KEPT = 8;

export function createExactEngine(options: ExactEngineOptions): ExactEngine {
  const { runtime, lifetimeMs } = options;
  const sessions = createChainSessions({ runtime });
  const cache = createTableCache({ storage: runtime.storage, lifetimeMs });
  const verdicts = new LRUCache<string, EngineVerdict>({ max: VERDICTS_KEPT });
  let enumerator: Enumerator | null = null;

  function verdictOf(model: EncoderPackage): EngineVerdict {
    const key = model.manifest.encoderVersion ?? model.manifest.version;
    const verdict = verdicts.get(key) ?? analyseModel(model);
    verdicts.set(key, verdict);
    return verdict;
  }

  function enumeratorNow(): Enumerator {
    enumerator ??= runtime.startEnumerator();
    return enumerator;
  }

  async function keptTable(wanted: TableWanted): Promise<TrackTable | null> {
    const { storedTable } = wanted;
    if (storedTable && fits(storedTable, wanted)) return storedTable;
    if (cache.isEmpty()) return null;
    if (wanted.ownOnly) return cache.get(await tableKey(wanted, wanted.type));
    const whole = await cache.get(await tableKey(wanted, "time+source"));
    if (whole || wanted.type === "time+source") return whole;
    return cache.get(await tableKey(wanted, wanted.type));
  }

  return {
    runtime,
    async tableOf(wanted) {
      const { model, type, toEnumerate, onProgress, signal } = wanted;
      const verdict = verdictOf(model);
      if (!verdict.applies) return verdict;
      // Its threads start while the table is computed.
      if (toEnumerate) enumeratorNow();
      const start = performance.now();
      const known = await keptTable(wanted);
      if (known) return limited(known, toEnumerate);
      const { encoderVersion, version, frontEnd } = model.manifest;
      const { names, ...cut } = await cutOf(wanted);
      const resampled = performance.now();
      const question = {
        ...cut,
        trunk: verdict.trunk,
        encoderVersion: encoderVersion ?? version,
        frontEnd,
        // A GPU's memory is fast, and each strip's operators have to be started.
        limits: runtime.onGpu ? { maxStripBytes: Number.POSITIVE_INFINITY } : {},
      };
      const ready = prepareTable(question);
      if (!ready.applies) return ready;
      const audible = ready.plan.components.audible.reduce((sum, { length }) => sum + length, 0);
      if (toEnumerate && audible > MAX_AUDIBLE_COMPONENTS) return tooMany(audible);
      const before = {
        resampling: (resampled - start) / 1000,
        planning: (performance.now() - resampled) / 1000,
      };
      const { table, statistics } = await buildResponseTable(question, ready, {
        sessions,
        onProgress,
        signal,
      });
      const seconds = { ...before, ...statistics.seconds };
      const engine = engineOf({ ...statistics, seconds });
      const built: TrackTable = { table, sources: names, engine };
      await cache.set(await tableKey(wanted, type), built);
      return { applies: true, ...built };
    },
    enumerate: (table) => enumeratorNow().enumerate(table),
    async dispose() {
      await enumerator?.close();
      await sessions.dispose();
    },
  };
}

/** Whether a stored table is of this encoder, and cut as one that answers the type is. */
function fits(
  { encoderVersion, table, sources }: StoredTrackTable,
  { model, sound, segments, type }: TableWanted,
): boolean {
  if (encoderVersion !== model.manifest.encoderVersion) return false;
  if (table.sources !== sources.length) return false;
  const isOfTime = table.segments === segments;
  const isOfSources = sources.join() === sound.separated.sources.join();
  if (type === "time") return isOfTime;
  return isOfSources && (isOfTime || (type === "source" && table.segments === 1));
}

/** What the gates of a table open and close: for `time` stretches of the mix itself. */
async function cutOf({ type, heard, sound, segments }: TableWanted): Promise<{
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

function limited(known: TrackTable, toEnumerate: boolean): TableAnswer {
  const audible = new Set(known.table.groups.flatMap(({ components }) => components)).size;
  return toEnumerate && audible > MAX_AUDIBLE_COMPONENTS
    ? tooMany(audible)
    : { applies: true, ...known };
}

function tooMany(audible: number): TableAnswer {
  return {
    applies: false,
    reason: `${audible} audible components have too many combinations to count; up to ${MAX_AUDIBLE_COMPONENTS} can be`,
  };
}

function engineOf({
  blocks,
  columnsEvaluated,
  forwardEquivalents,
  seconds,
}: Pick<TableStatistics, "blocks" | "columnsEvaluated" | "forwardEquivalents"> &
  Pick<Engine, "seconds">): Engine {
  return { kind: "table", reason: null, blocks, columnsEvaluated, forwardEquivalents, seconds };
}

import type { TableRecord } from "@lemons/shared/contract/explanation";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import type { WorkerTableRequest } from "@lemons/shared/contract/gpu-worker";
import { NO_SEPARATION, SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { stemsHash } from "@lemons/shared/identity/sha256";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import type { ResponseTable, TableGroup } from "@lemons/shared/what-if/response-table";
import { encodeTable } from "@lemons/shared/what-if/table-format";

/** A head for the tables of this file. */
export const HEAD: LinearHead = { weights: Float32Array.of(0.9, -0.4, 1.1, -0.7), bias: 0.25 };

/** A head of another listener of the same encoder. */
export const OTHER_HEAD: LinearHead = {
  weights: Float32Array.of(-0.3, 0.8, 0.5, 1.2),
  bias: -0.125,
};

/** A table of random numbers: a group for each segment and boundary, two mean and two max channels. */
export function responseTable(segments: number, sources: number, seed: number): ResponseTable {
  const random = createMt19937(seed);
  const groups: TableGroup[] = [];
  let rows = 0;
  for (let width = 1; width <= Math.min(2, segments); width++) {
    for (let segment = 0; segment + width <= segments; segment++) {
      const components = Array.from({ length: width * sources }, (_, i) => segment * sources + i);
      groups.push({ components, columns: 3 - width, firstRow: rows });
      rows += 2 ** components.length;
    }
  }
  const numbers = () =>
    Float32Array.from({ length: rows * 2 }, () => random.nextUint32() / 2 ** 30 - 2);
  return {
    segments,
    sources,
    columns: groups.reduce((sum, group) => sum + group.columns, 0),
    meanChannels: 2,
    maxChannels: 2,
    features: [0, 1, 2, 3].map((channel) => ({ shift: 0.1 * channel, terms: [[channel, 1]] })),
    groups,
    sums: numbers(),
    maxima: numbers(),
  };
}

/** The table that the stand-in builds for a request. */
export function tableFor({ segments, separator, sound }: WorkerTableRequest): ResponseTable {
  return responseTable(segments, sourcesOf(separator, sound).length, 7);
}

function sourcesOf(
  separator: WorkerTableRequest["separator"],
  sound: WorkerTableRequest["sound"],
): string[] {
  if (separator === NO_SEPARATION.name) return ["mix"];
  return separator === "stems" ? Object.keys(sound.stems ?? {}) : [...SOURCES];
}

/** The record that fits a request. */
export async function recordFor(request: WorkerTableRequest): Promise<TableRecord> {
  const { id, segments, separator, sound } = request;
  const stems = Object.entries(sound.stems ?? {});
  const seconds = 30 / segments;
  return {
    id,
    encoderVersion: "manifest" in request.model ? "none" : request.model.version,
    audio: {
      sha256:
        sound.audio?.sha256 ??
        (await stemsHash(Object.fromEntries(stems.map(([name, { sha256 }]) => [name, sha256])))),
      sampleRate: 44_100,
      channels: 2,
      seconds: 30,
      snippet: { startSeconds: 0, seconds: 30 },
    },
    separation: {
      separator,
      version:
        separator === NO_SEPARATION.name ? NO_SEPARATION.version : SEPARATOR_VERSIONS[separator],
      sources: sourcesOf(separator, sound),
      residual: 0,
    },
    segments: Array.from({ length: segments }, (_, i) => ({
      startSeconds: i * seconds,
      endSeconds: (i + 1) * seconds,
    })),
    engine: {
      kind: "table",
      reason: null,
      blocks: 5,
      columnsEvaluated: 1234,
      forwardEquivalents: 12.5,
      seconds: { table: 1.5 },
    },
    bytes: encodeTable(tableFor(request)).length,
  };
}

import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType, SourceName } from "@lemons/shared/contract/explanation-request";
import type {
  ExplanationId,
  ListenerId,
  ModelId,
  TrackId,
} from "@lemons/shared/contract/identifier";
import type { TrackDetail } from "@lemons/shared/contract/track";
import { explainFromTable } from "@lemons/shared/explanation/explain-from-table";
import { highlightPlan } from "@lemons/shared/explanation/highlights";
import type { MaskStatistics } from "@lemons/shared/explanation/mask-statistics";
import type { FoldedTable, TableGroup } from "@lemons/shared/what-if/response-table";

/** A generated explanation with its track and response table. */
export interface Example {
  explanation: PublishedExplanation;
  track: TrackDetail;
  table: FoldedTable;
}

/** Input of {@link makeExample}. */
export interface ExampleShape {
  /** Logit contribution of each part: [segments][sources]. */
  strengths: readonly (readonly number[])[];
  sources: readonly SourceName[];
  /** Logit of silence. */
  bias: number;
  seconds: number;
  type: ExplanationType;
  title: string;
}

const EFFECTIVE_SAMPLES = 2048;
const SAMPLE_RATE = 44_100;
const PEAKS = 240;

/** Makes a response table that adds up the strengths of the parts. */
export function additiveTable(
  strengths: readonly (readonly number[])[],
  bias: number,
): FoldedTable {
  const segments = strengths.length;
  const sources = strengths[0]!.length;
  const rows = 2 ** sources;
  const groups: TableGroup[] = strengths.map((_, segment) => ({
    components: Array.from({ length: sources }, (_unused, source) => segment * sources + source),
    columns: 1,
    firstRow: segment * rows,
  }));
  const scalars = new Float32Array(segments * rows);
  strengths.forEach((ofSegment, segment) => {
    for (let row = 0; row < rows; row++) {
      ofSegment.forEach((strength, source) => {
        scalars[segment * rows + row]! += ((row >> source) & 1) * strength;
      });
    }
  });
  return {
    segments,
    sources,
    bias,
    groups,
    channels: 0,
    positive: 0,
    scalars,
    maxima: new Float32Array(),
  };
}

/** Makes peaks that look like music with four beats per bar. */
function peaksOf(seconds: number): number[] {
  return Array.from({ length: PEAKS }, (_, i) => {
    const time = (i / PEAKS) * seconds;
    const beat = 1 - (time % 0.5);
    const swell = 0.6 + 0.4 * Math.sin(time / 3);
    return Math.min(1, Math.max(0.04, beat ** 2 * swell));
  });
}

/**
 * Makes an example and explains it like the gpu-worker.
 *
 * @param count tallies all masks of a table
 */
export async function makeExample(
  { strengths, sources, bias, seconds, type, title }: ExampleShape,
  count: (table: FoldedTable) => MaskStatistics | Promise<MaskStatistics>,
): Promise<Example> {
  const table = additiveTable(strengths, bias);
  const length = seconds / strengths.length;
  const segments = strengths.map((_, i) => ({
    startSeconds: i * length,
    endSeconds: (i + 1) * length,
  }));
  const neighbourhood = { kind: "exhaustive", effectiveSamples: EFFECTIVE_SAMPLES } as const;
  const fields = await explainFromTable({
    table,
    segments,
    sources,
    question: {
      type,
      neighbourhood,
      segments: segments.length,
      kernelWidth: 0.25,
      featureSelection: "none",
      target: "relevance",
    },
    enumerate: count,
  });
  // The schemas of the ids would bring zod into the player's scripts.
  const explanation: PublishedExplanation = {
    id: `${"0".repeat(32)}-${"1".repeat(32)}` as ExplanationId,
    listener: "ilse" as ListenerId,
    track: "example" as TrackId,
    schemaVersion: 1,
    model: { id: "example" as ModelId, version: "a".repeat(64) },
    audio: {
      sha256: "b".repeat(64),
      sampleRate: SAMPLE_RATE,
      channels: 2,
      seconds,
      snippet: { startSeconds: 0, seconds },
    },
    separation: { separator: "stems", version: "1", sources: [...sources], residual: 0 },
    segments,
    ...fields,
    engine: {
      kind: "table",
      reason: null,
      blocks: 5,
      columnsEvaluated: 0,
      forwardEquivalents: 0,
      seconds: {},
    },
    highlights: highlightPlan({ components: fields.components, startSeconds: 0 }).map(
      ({ highlight }) => highlight,
    ),
    timings: {},
  };
  const track: TrackDetail = {
    id: "example" as TrackId,
    title,
    artist: "LEMONS",
    seconds,
    audioSha256: "b".repeat(64),
    licence: "CC0-1.0",
    licenceUrl: "https://creativecommons.org/publicdomain/zero/1.0/",
    changes: "generated for this page",
    origin: "edge/player/gallery",
    tags: [],
    stems: [...sources],
    peaks: peaksOf(seconds),
  };
  return { explanation, track, table };
}

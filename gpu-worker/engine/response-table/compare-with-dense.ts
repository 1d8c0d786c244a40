import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/components";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import type { FoldedTable, Head } from "@lemons/shared/what-if/response-table";
import { foldTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { openModelSession } from "../model/model-session.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { createLogMel } from "../spectrogram/log-mel.ts";
import type { TableQuestion, TabulatedEncoder } from "./encoder-engine.ts";
import { createGraphSessions } from "./graph-sessions.ts";

/** A whole model, its head, and how tables of its encoder are planned. */
export interface ComparedModel extends Pick<TabulatedEncoder, "prepare"> {
  onnx: Uint8Array;
  head: Head;
}

/** Largest differences in the logit over the compared masks. */
export interface TableAccuracy {
  /** To waveforms mixed and transformed in float64. */
  float64: number;
  /** To waveforms mixed in float32, as in sampled explanations. */
  float32: number;
  /** Of the table rounded to float16, to float64. */
  rounded: number;
  /** Difference of the highest and the lowest logit. */
  spread: number;
}

/** Returns gates that are all on, all off, then random. */
export function someGates(count: number, length: number, seed: number): Uint8Array[] {
  const random = createMt19937(seed);
  return Array.from({ length: count }, (_, i) =>
    Uint8Array.from({ length }, () => (i === 0 ? 1 : i === 1 ? 0 : random.randint(0, 2))),
  );
}

/**
 * Builds a table and compares its logits with forward passes of the unsplit model on mixed waveforms.
 *
 * @param gates one for each component, of each mask
 * @throws Error if there is no table for the model or the question
 */
export async function compareWithDense(
  model: ComparedModel,
  question: TableQuestion,
  gates: readonly Uint8Array[],
  runtime: Runtime,
): Promise<TableAccuracy> {
  const prepared = model.prepare(question);
  if (!prepared.applies) throw new Error(prepared.reason);
  const { frontEnd, sources, segments } = question;
  const sessions = createGraphSessions({ runtime });
  const dense = await denseModel(model.onnx, frontEnd, runtime);
  try {
    const { table } = await prepared.build({ sessions });
    const folded = foldTable(table, model.head);
    const float16 = roundedTable(folded);
    const worst: TableAccuracy = { float64: 0, float32: 0, rounded: 0, spread: 0 };
    let [lowest, highest] = [Infinity, -Infinity];
    for (const each of gates) {
      const [exact, usual] = [
        await dense.logit(mixOf(new Float64Array(sources[0]!.length), sources, segments, each)),
        await dense.logit(mixOf(new Float32Array(sources[0]!.length), sources, segments, each)),
      ];
      const logit = logitOfMask(folded, each);
      worst.float64 = Math.max(worst.float64, Math.abs(logit - exact));
      worst.float32 = Math.max(worst.float32, Math.abs(logit - usual));
      worst.rounded = Math.max(worst.rounded, Math.abs(logitOfMask(float16, each) - exact));
      lowest = Math.min(lowest, exact);
      highest = Math.max(highest, exact);
    }
    return { ...worst, spread: highest - lowest };
  } finally {
    await sessions.dispose();
    await dense.release();
  }
}

/** Opens the whole model. */
async function denseModel(onnx: Uint8Array, frontEnd: FrontEnd, runtime: Runtime) {
  const session = await openModelSession(onnx, runtime);
  const logMel = createLogMel(frontEnd, runtime);
  return {
    async logit(mix: Float32Array | Float64Array): Promise<number> {
      const { data, bands, frames } = logMel(mix);
      const [logit] = await session.run({ data, items: 1, bands, frames });
      return logit!;
    },
    release: () => session.release(),
  };
}

/** Adds the open components to `silence`, in its precision. */
function mixOf<Mix extends Float32Array | Float64Array>(
  silence: Mix,
  sources: readonly Float32Array[],
  bounds: readonly SegmentBounds[],
  gates: Uint8Array,
): Mix {
  bounds.forEach(([start, end], segment) => {
    sources.forEach((source, index) => {
      if (!gates[segment * sources.length + index]) return;
      for (let i = start; i < end; i++) silence[i]! += source[i]!;
    });
  });
  return silence;
}

function roundedTable(table: FoldedTable): FoldedTable {
  const rounded = (values: Float32Array) => values.map((value) => Math.f16round(value));
  return { ...table, scalars: rounded(table.scalars), maxima: rounded(table.maxima) };
}

import { DEFAULT_FRONT_END, type FrontEnd } from "@lemons/shared/contract/front-end";
import type { SegmentBounds } from "@lemons/shared/explanation/segments";
import { foldTable } from "@lemons/shared/what-if/fold-table";
import { logitOfMask } from "@lemons/shared/what-if/logit-of-mask";
import type { Head } from "@lemons/shared/what-if/response-table";
import { createSession } from "../model/session.ts";
import { createLogMel } from "../spectrogram/log-mel.ts";
import { buildResponseTable, prepareTable, type TableQuestion } from "./build-response-table.ts";
import { createChainSessions } from "./chain-sessions.ts";
import { randomStream, type TestModel } from "./model-for-tests.ts";

/** Few bands and short frames, so that clips of a second have hundreds of columns. */
export function smallFrontEnd(bands: number): FrontEnd {
  const rates = { sampleRate: 8000, nFft: 64, hop: 32, fMax: 4000 };
  return { ...DEFAULT_FRONT_END, ...rates, nMels: bands };
}

/** Noise of changing loudness, another one for each source; `silent` components are zeros. */
export function noise(
  samples: number,
  sources: number,
  seed: number,
  silent: readonly (readonly [source: number, start: number, end: number])[] = [],
): Float32Array[] {
  const random = randomStream(seed);
  return Array.from({ length: sources }, (_, source) => {
    const pitch = 0.02 + 0.3 * random();
    const values = Float32Array.from({ length: samples }, (_, i) => {
      const loudness = 0.3 + 0.3 * Math.sin(i / (40 + 300 * ((source * 0.37) % 1)));
      return loudness * (0.3 * (2 * random() - 1) + Math.sin(i * pitch));
    });
    for (const [which, start, end] of silent) if (which === source) values.fill(0, start, end);
    return values;
  });
}

/** The unsplit model on waveforms that are mixed and transformed in float64. */
export async function denseModel(
  onnx: Uint8Array,
  frontEnd: FrontEnd,
  sources: readonly Float32Array[],
  bounds: readonly SegmentBounds[],
): Promise<{ logit(gates: Uint8Array): Promise<number>; release(): Promise<void> }> {
  const session = await createSession(onnx, { provider: "cpu", intraOpThreads: 2 });
  const logMel = createLogMel(frontEnd);
  return {
    async logit(gates) {
      const mix = new Float64Array(sources[0]!.length);
      bounds.forEach(([start, end], segment) => {
        sources.forEach((source, index) => {
          if (!gates[segment * sources.length + index]) return;
          for (let i = start; i < end; i++) mix[i]! += source[i]!;
        });
      });
      const { data, bands, frames } = logMel(mix);
      const [logit] = await session.run({ data, items: 1, bands, frames });
      return logit!;
    },
    release: () => session.release(),
  };
}

/** All on, all off, then random ones. */
export function someGates(count: number, length: number, seed: number): Uint8Array[] {
  const random = randomStream(seed);
  return Array.from({ length: count }, (_, i) =>
    Uint8Array.from({ length }, () => (i === 0 ? 1 : i === 1 ? 0 : Math.round(random()))),
  );
}

/** Builds the table and compares it with the dense model; `spread` is how much the logits vary. */
export async function compareWithDense(
  model: Pick<TestModel, "onnx" | "encoderVersion" | "verdict"> & { head: Head },
  question: Omit<TableQuestion, "trunk" | "encoderVersion">,
  gates: readonly Uint8Array[],
): Promise<{ difference: number; spread: number }> {
  if (!model.verdict.applies) throw new Error(model.verdict.reason);
  const { trunk } = model.verdict;
  const full = { ...question, trunk, encoderVersion: model.encoderVersion };
  const ready = prepareTable(full);
  if (!ready.applies) throw new Error(ready.reason);
  const sessions = createChainSessions({ provider: "cpu", threads: 2 });
  const { frontEnd, sources, segments } = question;
  const dense = await denseModel(model.onnx, frontEnd, sources, segments);
  try {
    const { table } = await buildResponseTable(full, ready, { sessions });
    const folded = foldTable(table, model.head);
    const differences: number[] = [];
    const logits: number[] = [];
    for (const each of gates) {
      const logit = await dense.logit(each);
      logits.push(logit);
      differences.push(Math.abs(logitOfMask(folded, each) - logit));
    }
    const spread = Math.max(...logits) - Math.min(...logits);
    return { difference: Math.max(...differences), spread };
  } finally {
    await sessions.dispose();
    await dense.release();
  }
}

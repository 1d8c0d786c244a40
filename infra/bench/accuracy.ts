import { readFile } from "node:fs/promises";
import { decodeAudio } from "@lemons/gpu-worker/engine/audio/decode";
import { modelWaveforms } from "@lemons/gpu-worker/engine/model/model-waveform";
import { readModelPackage } from "@lemons/gpu-worker/engine/model/node/read-model-package";
import {
  compareWithDense,
  someGates,
  type TableAccuracy,
} from "@lemons/gpu-worker/engine/response-table/compare-with-dense";
import { analyseForTable } from "@lemons/gpu-worker/engine/response-table/engines";
import { createNodeRuntime } from "@lemons/gpu-worker/engine/runtime/node/node-runtime";
import { separate } from "@lemons/gpu-worker/engine/separate/registry";
import { DEFAULT_SEPARATOR } from "@lemons/shared/contract/separator";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { inRepository } from "../stack/repository.ts";

const runtime = createNodeRuntime({ provider: "cpu", threads: 2 });
const MASKS = 200;
const SEED = 1;
const SEGMENTS = 5;
const TRACK = "gt01-rock-power-chords";
const MODELS = [
  { name: "demo model classic-bram", path: inRepository("demo", "models", "classic-bram") },
  { name: "golden network", path: inRepository("infra", "golden", "fixture", "fcn.onnx") },
];
/** Lengths in seconds: the whole track, and an odd part of it. */
const LENGTHS = [30, 11.317];

/** Deviation of one model's table from forward passes, for one length of the track. */
export interface AccuracyOfModel extends TableAccuracy {
  model: string;
  seconds: number;
  masks: number;
}

/** Compares 200 masks of 25 components, all on and all off among them, for each model and length. */
export async function benchAccuracy(
  onStep: (message: string) => void,
): Promise<{ accuracy: AccuracyOfModel[] }> {
  const audio = await decodeAudio(await readFile(inRepository("demo", "audio", `${TRACK}.ogg`)));
  const { stems } = await separate(audio, DEFAULT_SEPARATOR, { runtime });
  const accuracy: AccuracyOfModel[] = [];
  for (const { name, path } of MODELS) {
    const model = await readModelPackage(path);
    const { frontEnd } = model.manifest;
    const whole = await modelWaveforms(stems, frontEnd, runtime);
    const verdict = analyseForTable(model);
    if (!verdict.applies) throw new Error(verdict.reason);
    const compared = { onnx: model.onnx!, head: model.head!, prepare: verdict.prepare };
    for (const seconds of LENGTHS) {
      onStep(`Comparing ${MASKS} masks of ${seconds} s with forward passes of the ${name}`);
      const samples = Math.min(whole[0]!.length, Math.round(seconds * frontEnd.sampleRate));
      const sources = whole.map((waveform) => waveform.subarray(0, samples));
      const question = { frontEnd, sources, segments: segmentBounds(samples, SEGMENTS) };
      const gates = someGates(MASKS, SEGMENTS * sources.length, SEED);
      const found = await compareWithDense(compared, question, gates, runtime);
      accuracy.push({ model: name, seconds, masks: MASKS, ...found });
    }
  }
  return { accuracy };
}

/** Formats the comparison as a table. */
export function formatAccuracy({ accuracy }: { accuracy: readonly AccuracyOfModel[] }): string {
  const rows = accuracy.map(({ model, seconds, float64, float32, rounded, spread }) =>
    [
      model.padEnd(26),
      String(seconds).padStart(8),
      ...[float64, float32, rounded].map((value) => value.toExponential(1).padStart(12)),
      spread.toFixed(2).padStart(12),
    ].join(""),
  );
  return [
    `Largest difference in the logit between the table and forward passes, over ${MASKS} masks of 25`,
    "components; the waveforms are mixed in float64 or in float32, or the table is rounded to float16:",
    "",
    `${"".padEnd(26)}${["seconds"].map((each) => each.padStart(8)).join("")}${["float64", "float32", "float16", "spread"].map((each) => each.padStart(12)).join("")}`,
    ...rows,
    "",
  ].join("\n");
}

/**
 * Plots how sampled explanations converge to the exhaustive one, into docs/images/convergence.svg:
 *
 *   npm run plots
 *
 * One response table answers every mask, so thousands of sampled explanations need no forward pass.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { modelWaveforms } from "@lemons/gpu-worker/engine/model/model-waveform";
import { readModelPackage } from "@lemons/gpu-worker/engine/model/node/read-model-package";
import { analyseForTable } from "@lemons/gpu-worker/engine/response-table/engines";
import { createGraphSessions } from "@lemons/gpu-worker/engine/response-table/graph-sessions";
import { createNodeRuntime } from "@lemons/gpu-worker/engine/runtime/node/node-runtime";
import { loadStems } from "@lemons/gpu-worker/engine/separate/node/load-stems";
import { stemsOf } from "@lemons/gpu-worker/engine/separate/stems";
import { plotFile, renderPlot } from "@lemons/research/plots/render-plot";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { segmentBounds } from "@lemons/shared/explanation/components";
import { fitExhaustively } from "@lemons/shared/explanation/exhaustive-fit";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { fitLocal } from "@lemons/shared/explanation/local-fit";
import type { Mask } from "@lemons/shared/explanation/mask";
import { sampleMasks } from "@lemons/shared/explanation/sampled-masks";
import type { FoldedTable } from "@lemons/shared/what-if/response-table";
import { foldTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { inRepository } from "../stack/repository.ts";

const TRACK = "gt01-rock-power-chords";
const LISTENER = ListenerId.parse("bram");
const SAMPLES = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
const SEEDS = 200;
const KERNEL_WIDTH = 0.25;
const SEGMENTS = 5;

const runtime = createNodeRuntime({ provider: "cpu", threads: availableParallelism() });

const fitSettings = { kernelWidth: KERNEL_WIDTH, featureSelection: "none" } as const;

/** The demo track's response table, folded with the demo listener's head. */
async function demoTable(): Promise<FoldedTable> {
  const model = await readModelPackage(inRepository("demo", "models", "shared"), LISTENER);
  const verdict = analyseForTable(model);
  if (!verdict.applies || !model.head) throw new Error("the exact engine does not apply");
  const { frontEnd } = model.manifest;
  const { stems } = await stemsOf(null, await loadStems(inRepository("demo", "stems", TRACK)));
  const sources = await modelWaveforms(stems, frontEnd, runtime);
  const segments = segmentBounds(sources[0]!.length, SEGMENTS);
  const prepared = verdict.prepare({ frontEnd, sources, segments });
  if (!prepared.applies) throw new Error(prepared.reason);
  const sessions = createGraphSessions({ runtime });
  try {
    const { table } = await prepared.build({ sessions });
    return foldTable(table, model.head);
  } finally {
    await sessions.dispose();
  }
}

/** Root mean square difference. */
function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length);
}

const table = await demoTable();
const components = table.segments * table.sources;
const enumerator = runtime.startEnumerator();
const statistics = await enumerator.enumerate(table);
await enumerator.close();

const SERIES = {
  single: "one sampled explanation (mean of 200 seeds)",
  mean: "the mean of 200 sampled explanations",
} as const;

const points: { series: string; samples: number; distance: number }[] = [];
for (const samples of SAMPLES) {
  const { weights: exact } = fitExhaustively({
    ...fitSettings,
    statistics,
    effectiveSamples: samples,
    target: "relevance",
  });
  const sum = new Array<number>(components).fill(0);
  let errors = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const masks: Mask[] = sampleMasks({ components, samples, seed });
    const predictions = masks.map((mask) => sigmoid(logitOfMask(table, mask)));
    const { weights } = fitLocal({ ...fitSettings, masks, predictions });
    errors += distance(weights, exact) / SEEDS;
    weights.forEach((weight, i) => {
      sum[i]! += weight / SEEDS;
    });
  }
  points.push({ series: SERIES.single, samples, distance: errors });
  points.push({ series: SERIES.mean, samples, distance: distance(sum, exact) });
  process.stdout.write(
    `${samples} samples: one explanation is off by ${errors.toExponential(2)}, their mean by ${distance(sum, exact).toExponential(2)}\n`,
  );
}

const svg = await renderPlot(
  {
    data: { values: points },
    title: "Sampled explanations tend to the exhaustive one",
    width: 600,
    height: 320,
    mark: { type: "line", point: true },
    encoding: {
      x: {
        field: "samples",
        type: "quantitative",
        scale: { type: "log", base: 2, nice: false },
        axis: { values: SAMPLES, format: "d", grid: false },
        title: "samples N (the exhaustive fit at N effective samples)",
      },
      y: {
        field: "distance",
        type: "quantitative",
        scale: { type: "log" },
        axis: { format: ".0e", values: [1e-5, 1e-4, 1e-3, 1e-2] },
        title: "RMS difference of the weights",
      },
      color: { field: "series", type: "nominal", sort: Object.values(SERIES), title: null },
      strokeDash: { field: "series", type: "nominal", sort: Object.values(SERIES), title: null },
    },
  },
  "RMS difference of sampled weights from the exhaustive ones falls with the number of samples; that of their mean lies below",
);
await writeFile(inRepository("docs", "images", "convergence.svg"), plotFile(svg));

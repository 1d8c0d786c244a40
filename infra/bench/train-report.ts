import type { TrainBench } from "./train.ts";

/** Formats the measurements as a table. */
export function formatTrainBench(bench: TrainBench): string {
  const { batchSize, frames, threads, rounds, secondsPerStep, torch } = bench;
  const row = (name: string, seconds: number) => {
    const ratio = (secondsPerStep / seconds).toFixed(2);
    return `${name.padEnd(38)}${seconds.toFixed(3).padStart(10)}${ratio.padStart(12)}`;
  };
  return [
    `A training step, ${batchSize} spectrograms of ${frames} frames, ${threads} threads, median of ${rounds}:`,
    "",
    `${"".padEnd(38)}${"seconds".padStart(10)}${"ours / it".padStart(12)}`,
    row("LEMONS, onnxruntime", secondsPerStep),
    ...(torch
      ? Object.entries(torch.secondsPerStep).map(([format, seconds]) =>
          row(`PyTorch ${torch.version}, ${format}`, seconds),
        )
      : ["PyTorch was not found: LEMONS_PYTHON can name a Python that has it"]),
    "",
  ].join("\n");
}

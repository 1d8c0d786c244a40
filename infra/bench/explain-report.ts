import { ExplanationType } from "@lemons/shared/contract/explanation-request";
import type { ExplainBench } from "./explain.ts";

/** Formats the measurements as tables. */
export function formatExplainBench(bench: ExplainBench): string {
  const { track, threads, forwardSeconds, forwardMultiplyAdds, explain, enumerationMemory } = bench;
  const types = ExplanationType.options;
  const column = (values: readonly string[]) => values.map((value) => value.padStart(14)).join("");
  const row = (name: string, value: (cost: ExplainBench["explain"]["time"]) => string) =>
    `${name.padEnd(26)}${column(types.map((type) => value(explain[type])))}`;
  const phases = [...new Set(types.flatMap((type) => Object.keys(explain[type].secondsByPhase)))];
  return [
    `One dense forward pass of a 30 s track: ${(forwardSeconds * 1000).toFixed(1)} ms, ${giga(forwardMultiplyAdds)} G multiply-adds, ${threads} threads`,
    `A product of two 1024 x 1024 matrices: ${giga(bench.matmulMultiplyAddsPerSecond)} G multiply-adds a second`,
    `Memory before: ${mega(bench.memoryBeforeBytes)} MB`,
    "",
    `All masks of ${track}, whose sources were separated beforehand and are never silent:`,
    "",
    `${"".padEnd(26)}${column(types)}`,
    row("seconds", ({ seconds }) => seconds.toFixed(2)),
    row("forward passes' work", ({ forwards }) => forwards.toFixed(1)),
    row("forward passes' time", ({ seconds }) => (seconds / forwardSeconds).toFixed(1)),
    row("faster than 2,048 of them", (cost) => `${cost.speedupOverDense2048.toFixed(1)} x`),
    row("G multiply-adds done", ({ multiplyAdds }) => giga(multiplyAdds.done)),
    row("G multiply-adds of 2,048", ({ multiplyAdds }) => giga(multiplyAdds.dense2048)),
    row("of the matrix peak", (cost) => percent(cost.fractionOfMatmulPeak)),
    row("enumeration", ({ enumerationShare }) => percent(enumerationShare)),
    row("peak memory so far, MB", (cost) => mega(cost.peakMemoryBytes)),
    "",
    `Counting the masks of time x source holds ${mega1(enumerationMemory.storedTable)} MB (stored table) + ${mega1(enumerationMemory.foldedTable)} MB (folded) + ${mega1(enumerationMemory.module)} MB (WebAssembly)`,
    "",
    "seconds by phase:",
    ...phases.map((phase) =>
      row(`  ${phase}`, ({ secondsByPhase }) => (secondsByPhase[phase] ?? 0).toFixed(3)),
    ),
    "",
  ].join("\n");
}

function giga(value: number): string {
  return (value / 1e9).toFixed(1);
}

function mega(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function mega1(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

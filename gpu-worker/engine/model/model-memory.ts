import { SNIPPET_SECONDS } from "@lemons/shared/audio/snippet";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import { createMemoryCheck, type TensorGraph } from "../onnx/memory/tensor-memory.ts";
import { frameCount } from "../spectrogram/framing.ts";

/**
 * Checks that a forward pass of the longest snippet doesn't need too much memory. Loading the model is
 * safe then too, although onnxruntime computes what depends on constants alone when it loads a graph.
 *
 * @throws InputError naming the operator that needs too much, or whose need isn't known
 */
export function checkModelMemory(
  graph: TensorGraph,
  { nMels, sampleRate, hop }: Pick<FrontEnd, "nMels" | "sampleRate" | "hop">,
): void {
  createMemoryCheck(graph)([1, 1, nMels, frameCount(SNIPPET_SECONDS * sampleRate, hop)]);
}

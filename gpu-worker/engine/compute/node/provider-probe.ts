import { openModelSession } from "../../model/model-session.ts";
import { createGraphBuilder } from "../../onnx/graph-builder.ts";
import type { Runtime } from "../../runtime/runtime.ts";

const OPSET = 17;

/** Writes y = max(x, 0), the smallest model that a provider can be tried on. */
function reluModel(): Uint8Array {
  const graph = createGraphBuilder(OPSET);
  const input = graph.input("x", [1, 1, 2, 2]);
  graph.output(graph.node("Relu", [input]), "y", [1, 1, 2, 2]);
  return graph.encode();
}

/**
 * Runs a small model, so that a service without its GPU or its libraries fails at its start rather
 * than at every request.
 *
 * @param provider for messages
 * @throws Error with onnxruntime's reason
 */
export async function probeProvider(
  runtime: Pick<Runtime, "openSession" | "onGpu">,
  provider: string,
): Promise<void> {
  const session = await openModelSession(reluModel(), runtime).catch((cause: Error) => {
    throw new Error(`the provider "${provider}" can't be used: ${cause.message}`, { cause });
  });
  const data = new Float32Array([-1, 0, 1, 2]);
  const result = await session.run({ data, items: 1, bands: 2, frames: 2 });
  await session.release();
  if (result.join() !== "0,0,1,2") {
    throw new Error(
      `the provider "${provider}" computes wrong results: Relu returns ${result.join(", ")}`,
    );
  }
}

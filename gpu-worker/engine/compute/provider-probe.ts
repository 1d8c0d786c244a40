import onnxProto, { type onnx } from "onnx-proto";
import { createSession, type ExecutionProvider } from "../model/session.ts";

const { ModelProto, TensorProto } = onnxProto.onnx;

/** y = max(x, 0), the smallest model that a provider can be tried on. */
function reluModel(): Uint8Array {
  const tensor = (name: string): onnx.IValueInfoProto => ({
    name,
    type: {
      tensorType: {
        elemType: TensorProto.DataType.FLOAT,
        shape: { dim: [1, 1, 2, 2].map((dimValue) => ({ dimValue })) },
      },
    },
  });
  const graph: onnx.IGraphProto = {
    name: "probe",
    node: [{ opType: "Relu", input: ["x"], output: ["y"] }],
    input: [tensor("x")],
    output: [tensor("y")],
  };
  return ModelProto.encode({ irVersion: 8, opsetImport: [{ version: 17 }], graph }).finish();
}

/**
 * Makes a provider compute something, so that a service without its GPU or its libraries does not
 * start, rather than fail at every request.
 *
 * @throws Error with onnxruntime's reason
 */
export async function probeProvider(provider: ExecutionProvider): Promise<void> {
  const session = await createSession(reluModel(), { provider, intraOpThreads: 1 });
  const data = new Float32Array([-1, 0, 1, 2]);
  const result = await session.run({ data, items: 1, bands: 2, frames: 2 });
  await session.release();
  if (result.join() !== "0,0,1,2") {
    throw new Error(`the provider "${provider}" computes wrongly: Relu gives ${result.join(", ")}`);
  }
}

import type { LinearHead } from "@lemons/shared/model/linear-head";
import onnxProto from "onnx-proto";

const { FLOAT } = onnxProto.onnx.TensorProto.DataType;
const { INT } = onnxProto.onnx.AttributeProto.AttributeType;

/**
 * An encoder and a head as one ordinary model, input `logmel`, output `logit` [batch, 1]. The same
 * parts give the same bytes, and splitting the model gives the same parts again.
 *
 * @param encoder in canonical form, output `features`
 */
export function composeOnnx(encoder: Uint8Array, { weights, bias }: LinearHead): Uint8Array {
  const model = onnxProto.onnx.ModelProto.decode(encoder);
  const { graph } = model;
  const tensor = (name: string, dims: number[], values: Float32Array) => ({
    name,
    dims,
    dataType: FLOAT,
    rawData: new Uint8Array(values.slice().buffer),
  });
  const dim = [{ dimParam: "batch" }, { dimValue: 1 }];
  return onnxProto.onnx.ModelProto.encode({
    ...model,
    graph: {
      ...graph,
      node: [
        ...(graph?.node ?? []),
        {
          input: ["features", "head.weight", "head.bias"],
          output: ["logit"],
          opType: "Gemm",
          attribute: [{ name: "transB", type: INT, i: 1 }],
        },
      ],
      initializer: [
        ...(graph?.initializer ?? []),
        tensor("head.weight", [1, weights.length], weights),
        tensor("head.bias", [1], Float32Array.of(bias)),
      ],
      output: [{ name: "logit", type: { tensorType: { elemType: FLOAT, shape: { dim } } } }],
    },
  }).finish();
}

import { createHash } from "node:crypto";
import onnxProto, { type onnx } from "onnx-proto";

const { FLOAT } = onnxProto.onnx.TensorProto.DataType;
const { INT, INTS } = onnxProto.onnx.AttributeProto.AttributeType;

export function floatTensor(name: string, dims: number[], values: number[]): onnx.ITensorProto {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return { name, dims, dataType: FLOAT, rawData };
}

export function floatValue(name: string, shape: (number | string)[]): onnx.IValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

const CHANNELS = 4;
const BANDS = 256;

/**
 * Returns a recommender of one layer: four filters over all bands, ReLU, mean over time, linear head.
 * It runs in a millisecond and still mixes sources non-linearly.
 */
export function smallModel(headWeights: number[] = [0.9, -0.6, 0.4, -0.2]): onnx.IModelProto {
  const filters = Array.from({ length: CHANNELS * BANDS }, (_, i) => {
    const channel = Math.floor(i / BANDS);
    return Math.sin((channel + 1) * 0.05 * (i % BANDS) + channel) / 1500;
  });
  return {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "small",
      node: [
        {
          name: "filters",
          opType: "Conv",
          input: ["logmel", "filters.weight"],
          output: ["filtered"],
          attribute: [{ name: "kernel_shape", type: INTS, ints: [BANDS, 1] }],
        },
        { name: "relu", opType: "Relu", input: ["filtered"], output: ["rectified"] },
        { name: "pool", opType: "GlobalAveragePool", input: ["rectified"], output: ["pooled"] },
        { name: "flatten", opType: "Flatten", input: ["pooled"], output: ["pooled.flat"] },
        {
          name: "head",
          opType: "Gemm",
          input: ["pooled.flat", "head.weight", "head.bias"],
          output: ["logit"],
          attribute: [{ name: "transB", type: INT, i: 1 }],
        },
      ],
      initializer: [
        floatTensor("filters.weight", [CHANNELS, 1, BANDS, 1], filters),
        floatTensor("head.weight", [1, CHANNELS], headWeights),
        floatTensor("head.bias", [1], [0.25]),
      ],
      input: [floatValue("logmel", ["batch", 1, BANDS, "time"])],
      output: [floatValue("logit", ["batch", 1])],
    },
  };
}

export function onnxBytes(model: onnx.IModelProto): Uint8Array {
  return onnxProto.onnx.ModelProto.encode(model).finish();
}

/** Returns the SHA-256 of bytes as 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

import onnxProto from "onnx-proto";
import { InputError } from "../input-error.ts";
import type { EncoderPackage } from "../model/model-package.ts";
import { NotSeparable, type NotSeparableCode } from "./not-separable.ts";
import { readTrunk } from "./read-trunk.ts";
import type { Trunk } from "./trunk.ts";

/** Whether the exact engine can serve a model, and why not. */
export type EngineVerdict =
  | { applies: true; trunk: Trunk }
  | { applies: false; code: NotSeparableCode; reason: string };

/**
 * Decides from the graph alone whether a model is a chain of local operators with separable pooling
 * over time and a linear head, so that each column can be evaluated once for every combination of
 * the components that it sees.
 *
 * @throws InputError where the encoder is not a graph in order
 */
export function analyseModel({ encoder, manifest }: EncoderPackage): EngineVerdict {
  if (!encoder) {
    return {
      applies: false,
      code: "head-not-linear",
      reason: "the model does not end in one linear layer of one output",
    };
  }
  return analyseEncoder(encoder.onnx, manifest.frontEnd.nMels);
}

/**
 * The same for an encoder as `splitEncoder` writes it.
 *
 * @param bands of the spectrogram
 */
export function analyseEncoder(encoderOnnx: Uint8Array, bands: number): EngineVerdict {
  const { graph, opsetImport } = onnxProto.onnx.ModelProto.decode(encoderOnnx);
  const input = graph?.input?.[0]?.name;
  const output = graph?.output?.[0]?.name;
  const time = graph?.input?.[0]?.type?.tensorType?.shape?.dim?.[3]?.dimValue;
  if (!graph || !input || !output) throw new InputError("the encoder has no input or no output");
  try {
    const trunk = readTrunk({
      opset: Number(opsetImport[0]?.version ?? 0),
      bands,
      frames: Number(time ?? 0) || null,
      input,
      output,
      nodes: graph.node ?? [],
      initializers: new Map((graph.initializer ?? []).map((each) => [each.name ?? "", each])),
    });
    return { applies: true, trunk };
  } catch (error) {
    if (!(error instanceof NotSeparable)) throw error;
    return { applies: false, code: error.code, reason: error.message };
  }
}

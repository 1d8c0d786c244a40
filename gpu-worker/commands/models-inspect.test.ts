import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { onnx } from "onnx-proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../engine/input-error.ts";
import { floatTensor, onnxBytes, smallModel } from "../engine/onnx/small-model.fixture.ts";
import { modelsInspect } from "./models-inspect.ts";
import { createTerminal } from "./terminal.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-inspect-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function inspect(change: (model: onnx.IModelProto) => void) {
  const model = smallModel();
  change(model);
  const path = join(folder, "small.onnx");
  await writeFile(path, onnxBytes(model));
  let printed = "";
  const stdout = { write: (text: string) => (printed += text) };
  await modelsInspect.run({ model: path, json: true }, createTerminal({ stdout, stderr: stdout }));
  return JSON.parse(printed);
}

function replaceWeights(model: onnx.IModelProto, name: string, value: number): void {
  const tensor = model.graph!.initializer!.find((each) => each.name === name)!;
  const values = new Array(tensor.dims!.map(Number).reduce((a, b) => a * b)).fill(value);
  Object.assign(tensor, floatTensor(name, tensor.dims!.map(Number), values));
}

describe("lemons models inspect", () => {
  it("describes a model that runs", async () => {
    expect(await inspect(() => {})).toMatchObject({ model: { id: "small" }, applies: true });
  });

  it.each<[string, (model: onnx.IModelProto) => void, RegExp]>([
    [
      "with an unknown operator",
      ({ graph }) => {
        graph!.node![1]!.opType = "Squeezle";
      },
      /Squeezle "rectified" is an operator that isn't supported/,
    ],
    [
      "of an operator set from the future",
      (model) => {
        model.opsetImport![0]!.version = 999;
      },
      /cannot load the model/,
    ],
    [
      "with NaN weights",
      (model) => replaceWeights(model, "filters.weight", Number.NaN),
      /weights "[^"]+" contain NaN/,
    ],
    ["with a NaN in its head", (model) => replaceWeights(model, "head.weight", Number.NaN), /NaN/],
    [
      "with a fixed time axis",
      (model) => {
        model.graph!.input![0]!.type!.tensorType!.shape!.dim![3] = { dimValue: 938 };
      },
      /fails on a spectrogram of 256 bands x \d+ frames/,
    ],
  ])("fails for a model %s, and names the model", async (_what, change, reason) => {
    const failure: unknown = await inspect(change).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    const { message } = failure as InputError;
    expect(message).toMatch(reason);
    expect(message.startsWith(join(folder, "small.onnx"))).toBe(true);
    expect(message).not.toMatch(/audio/);
  });
});

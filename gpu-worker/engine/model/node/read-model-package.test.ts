import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../input-error.ts";
import { MANIFEST, ONNX, OTHER_VERSION } from "../small-package.fixture.ts";
import { readModelPackage } from "./read-model-package.ts";

describe("readModelPackage", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lemons-model-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const write = (name: string, content: string | Uint8Array) =>
    writeFile(join(folder, name), content);

  it("reads a folder", async () => {
    await write("model.onnx", ONNX);
    const { input: _, output: __, ...manifest } = MANIFEST;
    await write("model.json", JSON.stringify(manifest));
    const model = await readModelPackage(folder);
    expect(model.manifest).toMatchObject(MANIFEST);
    expect(model.encoder?.features).toBe(4);
  });

  it.each([
    ["my-model.onnx", "my-model"],
    ["Ilse.ONNX", "ilse"],
    ["best model (2).onnx", "model"],
  ])("reads the bare file %s as %s", async (name, id) => {
    await write(name, ONNX);
    const model = await readModelPackage(join(folder, name));
    expect(model.manifest).toMatchObject({ ...MANIFEST, id });
  });

  it.each([
    ["{", /model\.json is not JSON/],
    ["[]", /model\.json: manifest/],
    [JSON.stringify({ ...MANIFEST, id: "No Slug" }), /model\.json: id: must be/],
    [JSON.stringify({ ...MANIFEST, version: OTHER_VERSION }), /not the version/],
    [
      JSON.stringify({ ...MANIFEST, frontEnd: { ...DEFAULT_FRONT_END, nMels: 64 } }),
      /\[batch, 1, 256, time\]/,
    ],
  ])("rejects the manifest %s", async (json, message) => {
    await write("model.onnx", ONNX);
    await write("model.json", json);
    await expect(readModelPackage(folder)).rejects.toThrow(InputError);
    await expect(readModelPackage(folder)).rejects.toThrow(message);
  });

  it("names the missing file", async () => {
    await expect(readModelPackage(join(folder, "none"))).rejects.toThrow(/no such file/);
    await expect(readModelPackage(folder)).rejects.toThrow(/model\.json is missing/);
    await write("model.json", JSON.stringify(MANIFEST));
    await expect(readModelPackage(folder)).rejects.toThrow(/model\.onnx is missing/);
    await write("notes.txt", "x");
    await expect(readModelPackage(join(folder, "notes.txt"))).rejects.toThrow(/a model is/);
  });
});

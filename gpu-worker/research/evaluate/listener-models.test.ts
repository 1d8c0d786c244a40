import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readModelPackage } from "../../engine/model/node/read-model-package.ts";
import { sharedPackageFiles } from "../../engine/model/shared-package.ts";
import { findListenerModels } from "./listener-models.ts";

const MODELS = fileURLToPath(new URL("../../../demo/models", import.meta.url));
const SHARED = join(MODELS, "shared");
const CLASSIC = join(MODELS, "classic-bram");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-models-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function writePackage(name: string, listener?: string): Promise<void> {
  const { listener: _listener, ...manifest } = (await readModelPackage(CLASSIC)).manifest;
  await mkdir(join(folder, name));
  const stated = { ...manifest, ...(listener === undefined ? {} : { listener }) };
  await writeFile(join(folder, name, "model.json"), JSON.stringify(stated));
}

describe("findListenerModels", () => {
  it("finds the demo's models", async () => {
    const models = await findListenerModels(SHARED);
    expect(models.map(({ listener }) => listener)).toEqual([
      "bram",
      "dario",
      "ilse",
      "leonie",
      "noor",
      "tomas",
      "yuki",
    ]);
    const { manifest } = await readModelPackage(SHARED, ListenerId.parse("ilse"));
    const { version } = manifest;
    expect(models[2]).toEqual({ listener: "ilse", path: SHARED, id: "demo-ilse", version });
  });

  it("sorts by listener, falls back to the folder's name, and ignores other files", async () => {
    await writePackage("first", "zoe");
    await writePackage("abel");
    await mkdir(join(folder, "empty"));
    await copyFile(join(CLASSIC, "model.json"), join(folder, "model.json"));
    const models = await findListenerModels(folder);
    expect(models.map(({ listener, path }) => [listener, path])).toEqual([
      ["abel", join(folder, "abel")],
      ["zoe", join(folder, "first")],
    ]);
  });

  it("finds the listeners of a shared-encoder package, alone or among others", async () => {
    const { manifest, encoder, head } = await readModelPackage(CLASSIC);
    await mkdir(join(folder, "shared"));
    for (const { name, content } of await sharedPackageFiles({
      id: ModelId.parse("both"),
      frontEnd: manifest.frontEnd,
      encoder: encoder!.onnx,
      listeners: ["zoe", "bo"].map((id) => ({ listener: ListenerId.parse(id), head: head! })),
    })) {
      await writeFile(join(folder, "shared", name), content);
    }
    const names = ({ listener, id }: { listener: string; id: string }) => [listener, id];
    const own = await findListenerModels(join(folder, "shared"));
    expect(own.map(names)).toEqual([
      ["bo", "both-bo"],
      ["zoe", "both-zoe"],
    ]);
    await writePackage("abel");
    const all = await findListenerModels(folder);
    expect(all.map(names)).toEqual([["abel", manifest.id], ...own.map(names)]);
    await writePackage("bo");
    await expect(findListenerModels(folder)).rejects.toThrow(/both belong to the listener "bo"/);
  });

  it("refuses ambiguous, invalid and missing models", async () => {
    await expect(findListenerModels(join(folder, "none"))).rejects.toThrow(/cannot be read/);
    await expect(findListenerModels(folder)).rejects.toThrow(/has no model packages/);
    await writePackage("Not_An_Id");
    await expect(findListenerModels(folder)).rejects.toThrow(/names no listener/);
    await rm(join(folder, "Not_An_Id"), { recursive: true });
    await writePackage("one", "zoe");
    await writePackage("two", "zoe");
    await expect(findListenerModels(folder)).rejects.toThrow(/both belong to the listener "zoe"/);
    await writeFile(join(folder, "two", "model.json"), "{}");
    await expect(findListenerModels(folder)).rejects.toThrow(/two: model\.json: id/);
  });
});

import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ListenerId, type ModelId, type Sha256 } from "@lemons/shared/contract/identifier";
import { ModelManifest, SharedModelManifest } from "@lemons/shared/contract/model";
import { manifestOfHead } from "@lemons/shared/model/head-manifest";
import { InputError } from "../../engine/input-error.ts";
import { naming, readManifestJson } from "../../engine/model/node/read-model-package.ts";
import { isSharedManifest, parseManifestAs } from "../../engine/model/shared-package.ts";

/** A listener's model on disk, as its manifest describes it. */
export interface ListenerModel {
  listener: ListenerId;
  /** Folder of the package, which may hold other listeners' heads as well. */
  path: string;
  id: ModelId;
  version: Sha256;
}

/**
 * Finds the listeners' models in a folder. The folder is either a shared-encoder package itself, or
 * holds packages (folders with a `model.json`), each shared or of one listener. If the manifest of a
 * one-listener package names no listener, the name of its folder does.
 *
 * @returns the models, sorted by listener
 * @throws InputError if there are no models, a manifest is invalid, a package names no listener, or
 *   two packages have the same listener
 */
export async function findListenerModels(directory: string): Promise<ListenerModel[]> {
  const entries = await readdir(directory).catch((cause: unknown) => {
    throw new InputError(`The model folder ${directory} cannot be read.`, { cause });
  });
  const models = new Map<ListenerId, ListenerModel>();
  const isPackage = entries.includes("model.json") && (await isShared(directory));
  const packages = isPackage ? [directory] : entries.sort().map((name) => join(directory, name));
  for (const path of packages) {
    if (!(await isFile(join(path, "model.json")))) continue;
    for (const model of await modelsOfPackage(path)) {
      const twin = models.get(model.listener);
      if (twin) {
        throw new InputError(
          `${twin.path} and ${path} both belong to the listener "${model.listener}". Keep one.`,
        );
      }
      models.set(model.listener, model);
    }
  }
  if (models.size === 0) {
    throw new InputError(
      `${directory} has no model packages. A package is a folder with model.json and model.onnx, or with model.json, encoder.onnx and heads.safetensors.`,
    );
  }
  return [...models.values()].sort((a, b) => (a.listener < b.listener ? -1 : 1));
}

async function isShared(folder: string): Promise<boolean> {
  return isSharedManifest(await naming(folder, () => readManifestJson(folder)));
}

function modelsOfPackage(path: string): Promise<ListenerModel[]> {
  return naming(path, async () => {
    const json = await readManifestJson(path);
    if (isSharedManifest(json)) {
      const shared = parseManifestAs(json, SharedModelManifest);
      return Promise.all(
        shared.listeners.map(async ({ listener }, row) => {
          const { id, version } = await manifestOfHead(shared, row);
          return { listener, path, id, version };
        }),
      );
    }
    const { listener: stated, id, version } = parseManifestAs(json, ModelManifest);
    const name = basename(path);
    const listener = ListenerId.safeParse(stated ?? name);
    if (!listener.success) {
      throw new InputError(
        `model.json names no listener, and the folder name "${name}" isn't a valid listener id. Add "listener".`,
      );
    }
    return [{ listener: listener.data, path, id, version }];
  });
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

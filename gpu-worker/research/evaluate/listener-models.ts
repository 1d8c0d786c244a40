import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ListenerId, type ModelId, type Sha256 } from "@lemons/shared/contract/identifier";
import { ModelManifest, SharedModelManifest } from "@lemons/shared/contract/model";
import { InputError } from "../../engine/input-error.ts";
import { naming, readManifestJson } from "../../engine/model/node/read-model-package.ts";
import {
  isSharedManifest,
  manifestOfHead,
  parseManifestAs,
} from "../../engine/model/shared-package.ts";

/** A listener's model on disk, as its manifest describes it. */
export interface ListenerModel {
  listener: ListenerId;
  /** Folder of the package, which may hold other listeners' heads as well. */
  path: string;
  id: ModelId;
  version: Sha256;
}

/**
 * Finds the models of a folder: the folder itself where it is a shared-encoder package, else its
 * folders with a `model.json`, each of one listener or shared. A manifest of one model without a
 * listener is taken to be of the listener that its folder is named after.
 *
 * @returns by listener
 * @throws InputError where there is none, a manifest is wrong, a package has no listener, or two
 *   packages have the same
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
          `${twin.path} and ${path} are both of the listener "${model.listener}". Keep one.`,
        );
      }
      models.set(model.listener, model);
    }
  }
  if (models.size === 0) {
    throw new InputError(
      `${directory} has no model packages: folders with model.json and model.onnx, or with model.json, encoder.onnx and heads.safetensors.`,
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
        `model.json names no listener, and "${name}" cannot be one's id. Add "listener".`,
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

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ListenerId, type ModelId, type Sha256 } from "@lemons/shared/contract/identifier";
import { InputError } from "../input-error.ts";
import { readManifest } from "../model/model-package.ts";

/** A model package on disk, as its manifest describes it. */
export interface ListenerModel {
  listener: ListenerId;
  /** Folder of the package. */
  path: string;
  id: ModelId;
  version: Sha256;
}

/**
 * Finds the model packages of a folder: its folders with a `model.json`. A manifest without a
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
  for (const name of entries.sort()) {
    const path = join(directory, name);
    if (!(await isFile(join(path, "model.json")))) continue;
    const { listener: stated, id, version } = await readManifest(path);
    const listener = ListenerId.safeParse(stated ?? name);
    if (!listener.success) {
      throw new InputError(
        `${path}: model.json names no listener, and "${name}" cannot be one's id. Add "listener".`,
      );
    }
    const twin = models.get(listener.data);
    if (twin) {
      throw new InputError(
        `${twin.path} and ${path} are both of the listener "${listener.data}". Keep one.`,
      );
    }
    models.set(listener.data, { listener: listener.data, path, id, version });
  }
  if (models.size === 0) {
    throw new InputError(
      `${directory} has no model packages: folders with model.json and model.onnx.`,
    );
  }
  return [...models.values()].sort((a, b) => (a.listener < b.listener ? -1 : 1));
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

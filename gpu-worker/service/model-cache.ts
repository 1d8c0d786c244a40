import type { ListenerId } from "@lemons/shared/contract/identifier";
import {
  type ModelPackage,
  modelPackageFromBytes,
  readModelPackage,
} from "../model/model-package.ts";
import {
  isSharedFolder,
  modelOfListener,
  readSharedPackage,
  type SharedPackage,
} from "../model/shared-package.ts";
import { about } from "./about.ts";
import type { ModelSource } from "./compute-messages.ts";
import { unshared } from "./decode-sound.ts";

/** Checked models kept ready: as many as one request to score may name. */
const MODELS_KEPT = 256;
/** Shared-encoder packages kept ready, each with the heads of all of its listeners. */
const PACKAGES_KEPT = 2;

/** The models of earlier tasks, so that each is checked and split once, and each package read once. */
export function createModelCache(): (model: ModelSource) => Promise<ModelPackage> {
  const models = new Map<string, Promise<ModelPackage>>();
  const packages = new Map<string, Promise<SharedPackage | null>>();

  async function readFromDisk(path: string, listener?: ListenerId): Promise<ModelPackage> {
    if (listener === undefined) return readModelPackage(path);
    const shared = await kept(packages, PACKAGES_KEPT, path, async () =>
      (await isSharedFolder(path)) ? readSharedPackage(path) : null,
    );
    return shared ? modelOfListener(shared, listener) : readModelPackage(path, listener);
  }

  return (source) =>
    about("model", () =>
      "path" in source
        ? kept(models, MODELS_KEPT, `${source.path} ${source.listener ?? ""}`, () =>
            readFromDisk(source.path, source.listener),
          )
        : kept(models, MODELS_KEPT, `${source.manifest.id} ${source.manifest.version}`, async () =>
            modelPackageFromBytes(unshared(source.onnx), source.manifest),
          ),
    );
}

/** The value of a key, made where it is not there; the one unused for longest goes first. */
function kept<T>(
  values: Map<string, Promise<T>>,
  capacity: number,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const value = values.get(key) ?? make();
  values.delete(key);
  values.set(key, value);
  if (values.size > capacity) values.delete(values.keys().next().value!);
  // What failed is tried again the next time.
  value.catch(() => {
    if (values.get(key) === value) values.delete(key);
  });
  return value;
}

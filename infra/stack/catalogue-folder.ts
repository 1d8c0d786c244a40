import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  type CatalogueEncoder,
  type CatalogueFolder,
  type CatalogueModel,
  type StemFile,
  withActive,
} from "@lemons/edge/catalogue/catalogue-folder";
import type { ModelPackage } from "@lemons/gpu-worker/engine/model/model-package";
import {
  isSharedFolder,
  readModelPackage,
  readSharedPackage,
} from "@lemons/gpu-worker/engine/model/node/read-model-package";
import { modelOfListener } from "@lemons/gpu-worker/engine/model/shared-package";
import { spellAsOnDisk } from "@lemons/research/catalogue/read-catalogue";
import { parseListening } from "@lemons/shared/catalogue/parse-listening";
import { Catalogue, CatalogueListeners } from "@lemons/shared/contract/catalogue";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { z } from "zod";

/**
 * Reads a JSON file by its contract.
 *
 * @throws Error naming the file and what is wrong in it
 */
export async function readJsonFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const result = schema.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!result.success) throw new Error(`${file}: ${z.prettifyError(result.error)}`);
  return result.data;
}

async function stemFiles(root: string, folder: string): Promise<StemFile[]> {
  const names = (await readdir(path.join(root, folder))).filter((name) => name.endsWith(".flac"));
  return Promise.all(
    names.sort().map(async (name) => {
      const file = path.posix.join(folder, name);
      const bytes = await readFile(path.join(root, file));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return { source: path.basename(name, ".flac"), file, sha256 };
    }),
  );
}

/** Every model of the catalogue's packages, checked, and the encoders that they share. */
async function readModels(root: string) {
  const encoders = new Map<string, CatalogueEncoder>();
  const models: Omit<CatalogueModel, "active">[] = [];
  for (const name of (await readdir(path.join(root, "models"))).sort()) {
    const folder = path.posix.join("models", name);
    for (const { manifest, encoder, head } of await modelsIn(path.join(root, folder))) {
      models.push({ manifest, head, folder });
      if (encoder === null || manifest.encoderVersion === undefined) continue;
      const { encoderVersion: version, frontEnd } = manifest;
      encoders.set(version, { version, frontEnd, ...encoder });
    }
  }
  return { encoders: [...encoders.values()], models };
}

async function modelsIn(folder: string): Promise<ModelPackage[]> {
  if (!(await isSharedFolder(folder))) return [await readModelPackage(folder)];
  const shared = await readSharedPackage(folder);
  return Promise.all(
    shared.manifest.listeners.map(({ listener }) => modelOfListener(shared, listener)),
  );
}

/**
 * Reads a catalogue folder from disk.
 *
 * @throws Error, InputError or CatalogueError naming the file that breaks its contract
 */
export async function readCatalogueFolder(root: string): Promise<CatalogueFolder> {
  const written = await readJsonFile(path.join(root, "catalog.json"), Catalogue);
  const catalogue = await spellAsOnDisk(root, written);
  const listeners = await readJsonFile(path.join(root, "listeners.json"), CatalogueListeners);
  const listening = parseListening(await readFile(path.join(root, "listening.tsv"), "utf8"));
  const stems = new Map<TrackId, StemFile[]>();
  for (const track of catalogue.tracks) {
    if (track.stems !== undefined) stems.set(track.slug, await stemFiles(root, track.stems));
  }
  const { encoders, models } = await readModels(root);
  return { catalogue, listeners, listening, encoders, models: withActive(models), stems };
}

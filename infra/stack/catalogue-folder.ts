import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CatalogueFolder, StemFile } from "@lemons/edge/catalogue/catalogue-folder";
import { parseListening } from "@lemons/shared/catalogue/parse-listening";
import { Catalogue, CatalogueListeners } from "@lemons/shared/contract/catalogue";
import { ModelManifest } from "@lemons/shared/contract/model";
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

/**
 * Reads a catalogue folder from disk.
 *
 * @throws Error or CatalogueError naming the file that breaks its contract
 */
export async function readCatalogueFolder(root: string): Promise<CatalogueFolder> {
  const catalogue = await readJsonFile(path.join(root, "catalog.json"), Catalogue);
  const listeners = await readJsonFile(path.join(root, "listeners.json"), CatalogueListeners);
  const listening = parseListening(await readFile(path.join(root, "listening.tsv"), "utf8"));
  const stems = new Map<string, StemFile[]>();
  for (const track of catalogue.tracks) {
    if (track.stems !== undefined) stems.set(track.slug, await stemFiles(root, track.stems));
  }
  const models = await Promise.all(
    (await readdir(path.join(root, "models"))).sort().map(async (name) => {
      const folder = path.posix.join("models", name);
      const manifest = await readJsonFile(path.join(root, folder, "model.json"), ModelManifest);
      return { folder, manifest };
    }),
  );
  return { catalogue, listeners, listening, models, stems };
}

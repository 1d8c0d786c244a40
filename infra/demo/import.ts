/**
 * Copies a catalogue folder into `demo/`, the embedded default. The models there stay: they are
 * trained with `lemons train` (demo/README.md).
 *
 *   npm run demo:import -- --catalogue DIR
 *
 * The folder holds catalog.json, listening.tsv, personas.json, audio/, stems/ and licences/. Everything is
 * checked against its contract and every audio file against its hash before `demo/` is replaced.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  Catalogue,
  CatalogueListeners,
  type CatalogueTrack,
} from "@lemons/shared/contract/catalogue";
import { z } from "zod";
import { readJsonFile } from "../stack/catalogue-folder.ts";

const demo = fileURLToPath(new URL("../../demo", import.meta.url));

/** Names of the demo's artists that differ from those in the source. */
const ARTISTS = new Map([["make_stems.py (procedural)", "LEMONS (procedural)"]]);

const Personas = z.object({
  personas: z.array(z.object({ id: z.string(), name: z.string(), taste: z.string() })),
});

async function copyTrack(track: CatalogueTrack, from: string, to: string): Promise<void> {
  const bytes = await readFile(path.join(from, track.file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== track.sha256) throw new Error(`${track.file}: its hash is not the catalogue's`);
  await mkdir(path.dirname(path.join(to, track.file)), { recursive: true });
  await writeFile(path.join(to, track.file), bytes);
  if (track.stems === undefined) return;
  const stems = await readdir(path.join(from, track.stems), { withFileTypes: true });
  for (const file of stems.filter((entry) => entry.isFile())) {
    await cp(path.join(from, track.stems, file.name), path.join(to, track.stems, file.name));
  }
}

/** Edits the text itself, so that everything else stays the same byte for byte. */
async function copyCatalogue(from: string, to: string): Promise<void> {
  let text = await readFile(path.join(from, "catalog.json"), "utf8");
  for (const [artist, shown] of ARTISTS) {
    text = text.replaceAll(`"artist": "${artist}"`, `"artist": "${shown}"`);
  }
  await writeFile(path.join(to, "catalog.json"), text);
}

async function importDemo(catalogueDirectory: string): Promise<void> {
  const catalogue = await readJsonFile(path.join(catalogueDirectory, "catalog.json"), Catalogue);
  const { personas } = await readJsonFile(path.join(catalogueDirectory, "personas.json"), Personas);
  const listeners = CatalogueListeners.parse({
    listeners: personas.map(({ id, name, taste }) => ({ id, name, taste })),
  });

  const fresh = `${demo}.importing`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh);
  for (const track of catalogue.tracks) await copyTrack(track, catalogueDirectory, fresh);
  await copyCatalogue(catalogueDirectory, fresh);
  for (const entry of ["listening.tsv", "licences"]) {
    await cp(path.join(catalogueDirectory, entry), path.join(fresh, entry), { recursive: true });
  }
  await writeFile(path.join(fresh, "listeners.json"), `${JSON.stringify(listeners, null, 2)}\n`);
  for (const kept of ["models", "README.md"]) {
    await cp(path.join(demo, kept), path.join(fresh, kept), { recursive: true });
  }

  await rm(demo, { recursive: true, force: true });
  await rename(fresh, demo);
  process.stdout.write(
    `${catalogue.tracks.length} tracks, ${listeners.listeners.length} listeners\n`,
  );
}

const { values } = parseArgs({ options: { catalogue: { type: "string" } } });
if (values.catalogue === undefined) {
  process.stderr.write("usage: npm run demo:import -- --catalogue DIR\n");
  process.exitCode = 2;
} else {
  await importDemo(path.resolve(values.catalogue));
}

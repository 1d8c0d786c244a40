import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogueTrack } from "@lemons/shared/contract/catalogue";
import { TrackId } from "@lemons/shared/contract/identifier";

/**
 * Writes `catalog.json` and `listening.tsv` of a small catalogue for tests.
 *
 * @param tracks slug of each track and its folder of stems; a track without stems is `<slug>.wav`
 * @param listens pairs of listener and slug, one play each
 */
export async function writeCatalogue(
  folder: string,
  tracks: readonly { slug: string; stems?: string }[],
  listens: readonly (readonly [listener: string, slug: string])[],
): Promise<void> {
  const described = tracks.map(
    ({ slug, stems }): CatalogueTrack => ({
      slug: TrackId.parse(slug),
      title: slug,
      artist: "unknown",
      file: `${slug}.wav`,
      duration_s: 1,
      sha256: "0".repeat(64),
      licence: "CC0-1.0",
      licence_url: null,
      changes: "none",
      source: {},
      tags_from_source: [],
      measured: {},
      ...(stems === undefined ? {} : { stems }),
    }),
  );
  const catalogue = JSON.stringify({ format: 1, tracks: described });
  await writeFile(join(folder, "catalog.json"), catalogue);
  const lines = listens.map(([listener, slug]) => `${listener}\t${slug}\t1\n`);
  await writeFile(join(folder, "listening.tsv"), lines.join(""));
}

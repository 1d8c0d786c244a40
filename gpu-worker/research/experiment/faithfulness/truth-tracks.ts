import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StemTruth } from "@lemons/shared/contract/catalogue";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { TrackId } from "@lemons/shared/contract/identifier";
import { InputError } from "../../../engine/input-error.ts";
import { readCatalogue } from "../../catalogue/read-catalogue.ts";

/** A track of which it is known what sounds when. */
export interface TruthTrack {
  slug: TrackId;
  /** Folder of its stems. */
  stems: string;
  /** For each source, which segments it sounds in. */
  active: Record<SourceName, (0 | 1)[]>;
}

/**
 * The tracks of a catalogue with true stems and a `truth.json`.
 *
 * @param segments that each source's truth must have
 * @throws InputError where there are none, or a truth cannot be read or has other segments
 */
export async function readTruthTracks(catalogue: string, segments: number): Promise<TruthTrack[]> {
  const { tracks } = await readCatalogue(catalogue);
  const known: TruthTrack[] = [];
  for (const { slug, stems, truth } of tracks) {
    if (stems === undefined || truth === undefined) continue;
    const path = join(catalogue, truth);
    const { active } = await readTruth(path);
    for (const [source, sounding] of Object.entries(active)) {
      if (sounding.length === segments) continue;
      throw new InputError(
        `${path}: "${source}" has ${sounding.length} segments; ${segments} are needed`,
      );
    }
    known.push({ slug, stems: join(catalogue, stems), active });
  }
  if (known.length === 0) {
    throw new InputError(
      `${catalogue} has no tracks with stems and truth: nothing is known of what sounds in them`,
    );
  }
  return known;
}

async function readTruth(path: string): Promise<StemTruth> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new InputError(`${path} cannot be read as JSON.`, { cause });
  }
  const parsed = StemTruth.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new InputError(`${path} tells no truth: ${issue.path.join(".")} ${issue.message}.`);
}

import { CatalogueError } from "@lemons/shared/catalogue/catalogue-error";
import type { Listen } from "@lemons/shared/catalogue/parse-listening";
import type {
  Catalogue,
  CatalogueListeners,
  CatalogueTrack,
} from "@lemons/shared/contract/catalogue";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";

/** One true stem of a track: a file inside the catalogue folder. */
export interface StemFile {
  source: SourceName;
  file: string;
  sha256: Sha256;
}

/** One model package: its manifest, and its folder inside the catalogue folder. */
export interface ModelFolder {
  folder: string;
  manifest: ModelManifest;
}

/** A catalogue folder as read from disk: all that the database and the object store are seeded from. */
export interface CatalogueFolder {
  catalogue: Catalogue;
  listeners: CatalogueListeners;
  listening: readonly Listen[];
  models: readonly ModelFolder[];
  /** True stems by track; tracks without are left out. */
  stems: ReadonlyMap<TrackId, readonly StemFile[]>;
}

const AUDIO_TYPES: Record<string, string> = {
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  mp3: "audio/mpeg",
  flac: "audio/flac",
  wav: "audio/wav",
  m4a: "audio/mp4",
};

/**
 * Media type that an audio file is served with, by its extension.
 *
 * @throws CatalogueError for extensions that browsers are not known to play
 */
export function audioType(file: string): string {
  const type = AUDIO_TYPES[file.slice(file.lastIndexOf(".") + 1).toLowerCase()];
  if (!type) {
    throw new CatalogueError(
      `${file}: audio files end in one of ${Object.keys(AUDIO_TYPES).join(", ")}`,
    );
  }
  return type;
}

/** Where the work was taken from, as one line. */
export function originOf(track: CatalogueTrack): string {
  const { package: name, deb, archive, generator } = track.source;
  const parts = [name, deb ?? archive ?? generator].filter((part) => typeof part === "string");
  return parts.join(", ");
}

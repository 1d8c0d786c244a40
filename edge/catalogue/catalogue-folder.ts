import { CatalogueError, type Listen } from "@lemons/shared/catalogue/parse-listening";
import type {
  Catalogue,
  CatalogueListeners,
  CatalogueTrack,
} from "@lemons/shared/contract/catalogue";
import type { SourceName } from "@lemons/shared/contract/explanation-request";
import type { FrontEnd } from "@lemons/shared/contract/front-end";
import type { Sha256, TrackId } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import type { LinearHead } from "@lemons/shared/model/linear-head";

/** One true stem of a track: a file inside the catalogue folder. */
export interface StemFile {
  source: SourceName;
  file: string;
  sha256: Sha256;
}

/** An encoder of the catalogue's models. */
export interface CatalogueEncoder {
  version: Sha256;
  features: number;
  frontEnd: FrontEnd;
  onnx: Uint8Array;
}

/** One listener's model. */
export interface CatalogueModel {
  manifest: ModelManifest;
  /** Null if the model runs as a whole. */
  head: LinearHead | null;
  /** Folder of its package inside the catalogue folder. */
  folder: string;
  /** True for the one model that recommends for its listener. */
  active: boolean;
}

/** A catalogue folder as read from disk: everything that the database and the object store are seeded with. */
export interface CatalogueFolder {
  catalogue: Catalogue;
  listeners: CatalogueListeners;
  listening: readonly Listen[];
  encoders: readonly CatalogueEncoder[];
  models: readonly CatalogueModel[];
  /** True stems by track; tracks without stems are left out. */
  stems: ReadonlyMap<TrackId, readonly StemFile[]>;
}

const AUDIO_TYPES: Record<string, string> = {
  ogg: "audio/ogg",
  oga: "audio/ogg",
  opus: "audio/ogg",
  mp3: "audio/mpeg",
  flac: "audio/flac",
  wav: "audio/wav",
  aif: "audio/aiff",
  aiff: "audio/aiff",
  m4a: "audio/mp4",
};

/**
 * Returns the media type of an audio file, by its extension.
 *
 * @throws CatalogueError for an unsupported extension
 */
export function audioType(file: string): string {
  const type = AUDIO_TYPES[file.slice(file.lastIndexOf(".") + 1).toLowerCase()];
  if (!type) {
    throw new CatalogueError(
      `${file}: unsupported audio file. Use one of ${Object.keys(AUDIO_TYPES).join(", ")}`,
    );
  }
  return type;
}

/**
 * Marks each listener's first model as active, heads of shared-encoder packages before packages of one
 * model. The other models are published as well.
 *
 * @param models sorted by folder
 */
export function withActive(models: readonly Omit<CatalogueModel, "active">[]): CatalogueModel[] {
  const chosen = new Map<string | undefined, Omit<CatalogueModel, "active">>();
  for (const isShared of [true, false]) {
    for (const model of models) {
      const { listener, package: of } = model.manifest;
      if ((of !== undefined) === isShared && !chosen.has(listener)) chosen.set(listener, model);
    }
  }
  return models.map((model) => ({
    ...model,
    active: chosen.get(model.manifest.listener) === model,
  }));
}

/** Returns the origin of a track as one line. */
export function originOf(track: CatalogueTrack): string {
  const { package: name, deb, archive, generator } = track.source;
  const parts = [name, deb ?? archive ?? generator].filter((part) => typeof part === "string");
  return parts.join(", ");
}

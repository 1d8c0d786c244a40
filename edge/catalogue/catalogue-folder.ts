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

/** An encoder that models of the catalogue have. */
export interface CatalogueEncoder {
  version: Sha256;
  features: number;
  frontEnd: FrontEnd;
  onnx: Uint8Array;
}

/** One listener's model. */
export interface CatalogueModel {
  manifest: ModelManifest;
  /** Null where the model is used whole. */
  head: LinearHead | null;
  /** Its package's folder inside the catalogue folder. */
  folder: string;
  /** Whether it recommends for its listener: one a listener does. */
  active: boolean;
}

/** A catalogue folder as read from disk: all that the database and the object store are seeded from. */
export interface CatalogueFolder {
  catalogue: Catalogue;
  listeners: CatalogueListeners;
  listening: readonly Listen[];
  encoders: readonly CatalogueEncoder[];
  models: readonly CatalogueModel[];
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

/**
 * Which of a catalogue's models are in use: of each listener the first, heads of shared-encoder packages
 * before packages of one model. The others are published as well.
 *
 * @param models by folder
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

/** Where the work was taken from, as one line. */
export function originOf(track: CatalogueTrack): string {
  const { package: name, deb, archive, generator } = track.source;
  const parts = [name, deb ?? archive ?? generator].filter((part) => typeof part === "string");
  return parts.join(", ");
}

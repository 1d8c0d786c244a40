import { CatalogueError } from "@lemons/shared/catalogue/parse-listening";
import { type SqlValue, sqlLiteral } from "@lemons/shared/catalogue/sql-literal";
import type { CatalogueTrack } from "@lemons/shared/contract/catalogue";
import { stemsHash } from "@lemons/shared/identity/sha256";
import { headBytes } from "@lemons/shared/model/linear-head";
import { audioKey, encoderKey, modelKey, stemKey } from "../base/object-keys.ts";
import {
  audioType,
  type CatalogueFolder,
  type CatalogueModel,
  originOf,
  type StemFile,
} from "./catalogue-folder.ts";

/** An object to store: its key in R2, and its bytes or its file inside the catalogue folder. */
export type SeedObject = { key: string } & ({ file: string } | { bytes: Uint8Array });

/**
 * Returns the catalogue as SQL statements for D1. Running them again changes nothing; running them after
 * the catalogue changed updates the rows. A track whose sound changed loses its peaks, and a listener's
 * earlier models become inactive.
 *
 * @throws CatalogueError if the folder contradicts itself (a listen of an unknown track, …)
 */
export async function seedStatements(folder: CatalogueFolder): Promise<string[]> {
  const tracks = new Set(folder.catalogue.tracks.map((t) => t.slug));
  const listeners = new Set(folder.listeners.listeners.map((l) => l.id));
  const requireKnown = (set: Set<string>, id: string | undefined, where: string): string => {
    if (id === undefined || !set.has(id)) {
      throw new CatalogueError(`${where} names ${id ?? "nothing"}, which is not in the catalogue`);
    }
    return id;
  };

  return [
    ...(await Promise.all(
      folder.catalogue.tracks.map((t) => trackStatement(t, folder.stems.get(t.slug) ?? [])),
    )),
    ...folder.listeners.listeners.map((listener) =>
      upsert("listeners", ["id"], { id: listener.id, name: listener.name, taste: listener.taste }),
    ),
    ...folder.listening.map(({ listener, track, plays }) =>
      upsert("listens", ["listener", "track"], {
        listener: requireKnown(listeners, listener, "listening.tsv"),
        track: requireKnown(tracks, track, "listening.tsv"),
        plays,
      }),
    ),
    ...folder.encoders.map(({ version, features, frontEnd }) =>
      upsert("encoders", ["version"], { version, features, front_end: JSON.stringify(frontEnd) }),
    ),
    ...folder.models.flatMap((model) =>
      modelStatements(model, requireKnown(listeners, model.manifest.listener, model.folder)),
    ),
  ];
}

/** Returns the objects that the rows of {@link seedStatements} refer to. */
export function seedObjects(folder: CatalogueFolder): SeedObject[] {
  return [
    ...folder.catalogue.tracks.flatMap((track) => [
      { key: audioKey(track.sha256), file: track.file },
      ...(folder.stems.get(track.slug) ?? []).map((stem) => ({
        key: stemKey(track.sha256, stem.source),
        file: stem.file,
      })),
    ]),
    ...folder.encoders.map(({ version, onnx }) => ({ key: encoderKey(version), bytes: onnx })),
    ...folder.models
      .filter(({ manifest }) => manifest.package === undefined)
      .flatMap(({ folder: path, manifest: { id, version } }) =>
        (["model.onnx", "model.json"] as const).map((file) => ({
          key: modelKey(id, version, file),
          file: `${path}/${file}`,
        })),
      ),
  ];
}

async function trackStatement(track: CatalogueTrack, stems: readonly StemFile[]): Promise<string> {
  if (track.stems !== undefined && stems.length === 0) {
    throw new CatalogueError(`${track.slug}: found no stems in ${track.stems}`);
  }
  const stemHashes = Object.fromEntries(stems.map((stem) => [stem.source, stem.sha256]));
  const columns = {
    id: track.slug,
    title: track.title,
    artist: track.artist,
    seconds: track.duration_s,
    audio_sha256: track.sha256,
    audio_type: audioType(track.file),
    sound_sha256: stems.length > 0 ? await stemsHash(stemHashes) : track.sha256,
    licence: track.licence,
    licence_url: track.licence_url,
    changes: track.changes,
    origin: originOf(track),
    tags: JSON.stringify([...new Set(track.tags_from_source.map((t) => t.tag))]),
    stems: JSON.stringify(stemHashes),
  };
  return upsert(
    "tracks",
    ["id"],
    columns,
    "peaks = CASE WHEN sound_sha256 = excluded.sound_sha256 THEN peaks END",
  );
}

function modelStatements({ manifest, head, active }: CatalogueModel, listener: string): string[] {
  const { id, version } = manifest;
  const others = `UPDATE models SET active = 0 WHERE listener = ${sqlLiteral(listener)} AND NOT (id = ${sqlLiteral(id)} AND version = ${sqlLiteral(version)});`;
  const model = {
    id,
    version,
    listener,
    // A model without a head is its own encoder.
    encoder_version: manifest.encoderVersion ?? version,
    head_version: manifest.headVersion ?? version,
    manifest: JSON.stringify(manifest),
    active: active ? 1 : 0,
    package: manifest.package ?? null,
    head: head && headBytes(head),
  };
  return [...(active ? [others] : []), upsert("models", ["id", "version"], model)];
}

function upsert(
  table: string,
  key: readonly string[],
  row: Record<string, SqlValue>,
  extra?: string,
): string {
  const names = Object.keys(row);
  const updates = names.filter((n) => !key.includes(n)).map((n) => `${n} = excluded.${n}`);
  if (extra) updates.push(extra);
  return `INSERT INTO ${table} (${names.join(", ")}) VALUES (${Object.values(row).map(sqlLiteral).join(", ")}) ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${updates.join(", ")};`;
}

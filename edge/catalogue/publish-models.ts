import type { ListenerId, ModelId, Sha256 } from "@lemons/shared/contract/identifier";
import type { ModelManifest } from "@lemons/shared/contract/model";
import { headBytes, type LinearHead } from "@lemons/shared/model/linear-head";

/** A model that is being published. */
export interface ModelToPublish {
  manifest: ModelManifest;
  listener: ListenerId;
  /** Null where the model is used whole. */
  head: LinearHead | null;
}

/** Stores a model that is not in use yet; one that is there already stays as it is. */
export function storeModel(
  db: D1Database,
  { manifest, listener, head }: ModelToPublish,
): D1PreparedStatement {
  const { id, version, encoderVersion, headVersion } = manifest;
  return db
    .prepare(
      `INSERT INTO models
         (id, version, listener, encoder_version, head_version, manifest, active, package, head)
       VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (id, version) DO NOTHING`,
    )
    .bind(
      id,
      version,
      listener,
      encoderVersion ?? version,
      headVersion ?? version,
      JSON.stringify(manifest),
      manifest.package ?? null,
      head && headBytes(head).buffer,
    );
}

/** Puts a model to use in the place of its listener's other one. Only that listener's scores are stale. */
export function activateModel(
  db: D1Database,
  { id, version, listener }: { id: ModelId; version: Sha256; listener: ListenerId },
): D1PreparedStatement[] {
  return [
    db
      .prepare(
        "UPDATE models SET active = 0 WHERE listener = ? AND active = 1 AND NOT (id = ? AND version = ?)",
      )
      .bind(listener, id, version),
    db.prepare("UPDATE models SET active = 1 WHERE id = ? AND version = ?").bind(id, version),
  ];
}

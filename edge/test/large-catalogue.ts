import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { headBytes } from "@lemons/shared/model/linear-head";
import { featuresKey } from "../base/object-keys.ts";
import { insertEncoder } from "../catalogue/encoders.ts";
import { appendRows, ROWS_PER_BLOCK } from "../catalogue/features/block-format.ts";
import { SCORES_KEPT } from "../work/scoring/score-heads.ts";
import { ENCODER, splitModel } from "./catalogue.ts";
import { HEAD } from "./table.ts";

/** The size of a large catalogue. */
export interface CatalogueSize {
  tracks: number;
  listeners: number;
}

const FEATURES = 128;
const HEARD_BY_EACH = 50;
const COUNTING =
  "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)";
const hashOf = (number: string) => `printf('%064x', ${number})`;
const trackOf = (number: string) => `printf('t%06d', ${number})`;
const LISTENER = "printf('l%04d', i)";
/** Number of a heard or scored track: a sequence that starts elsewhere for each listener or model. */
const stride = (number: string, tracks: string) => `(${number} * 997 + n.i) % ${tracks}`;

/** Referencing tables first: cascading deletes would search them row by row. */
const TABLES = [
  ...["batches", "features", "scores", "score_failures", "listens"],
  ...["models", "listeners", "tracks", "encoders"],
];

/** Replaces the catalogue by an invented one: listeners of one encoder, each with a model. */
export async function fillCatalogue(
  db: D1Database,
  { tracks, listeners }: CatalogueSize,
): Promise<void> {
  const { manifest } = splitModel("many", "5", HEAD);
  await db.batch([
    ...TABLES.map((table) => db.prepare(`DELETE FROM ${table}`)),
    db
      .prepare(
        `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256,
           licence, licence_url, changes, origin, tags, stems)
         ${COUNTING} SELECT ${trackOf("i")}, 't', 'a', 30, ${hashOf("i")}, 'audio/ogg', ${hashOf("i")},
           'CC0-1.0', NULL, 'none', 'test', '[]', '{}' FROM n`,
      )
      .bind(tracks),
    db
      .prepare(
        `INSERT INTO listeners (id, name, taste) ${COUNTING} SELECT ${LISTENER}, 'L', 'T' FROM n`,
      )
      .bind(listeners),
    db
      .prepare(
        `INSERT INTO listens (listener, track, plays)
         ${COUNTING} SELECT listeners.id, ${trackOf(stride("listeners.rowid", "?2"))}, 1
         FROM n, listeners WHERE true ON CONFLICT (listener, track) DO NOTHING`,
      )
      .bind(HEARD_BY_EACH, tracks),
    insertEncoder(db, { version: ENCODER, features: FEATURES, frontEnd: manifest.frontEnd }),
    db
      .prepare(
        `INSERT INTO models (id, version, listener, encoder_version, head_version, manifest, active)
         ${COUNTING} SELECT printf('m%04d', i), ${hashOf("i")}, ${LISTENER}, ?2, ${hashOf("i")},
           json_set(?3, '$.id', printf('m%04d', i), '$.listener', ${LISTENER}, '$.version', ${hashOf("i")}),
           1 FROM n`,
      )
      .bind(listeners, ENCODER, JSON.stringify(manifest)),
  ]);
}

/** Adds a head to each model and features to each track, in R2 and D1. Their scores are stale then. */
export async function fillFeatures({ DB, BUCKET }: Env, size: CatalogueSize): Promise<void> {
  const random = createMt19937(6);
  const numbers = (length: number) =>
    Float32Array.from({ length }, () => random.nextUint32() / 2 ** 31 - 1);
  const setHead = DB.prepare("UPDATE models SET head = ? WHERE id = ?");
  const heads = Array.from({ length: size.listeners }, (_, i) =>
    setHead.bind(
      headBytes({ weights: numbers(FEATURES), bias: 0 }).buffer,
      `m${String(i).padStart(4, "0")}`,
    ),
  );
  for (let from = 0; from < heads.length; from += 100)
    await DB.batch(heads.slice(from, from + 100));
  for (let first = 0; first < size.tracks; first += ROWS_PER_BLOCK) {
    const rows = Array.from({ length: Math.min(ROWS_PER_BLOCK, size.tracks - first) }, (_, i) => ({
      soundSha256: (first + i).toString(16).padStart(64, "0"),
      features: numbers(FEATURES),
    }));
    await BUCKET.put(
      featuresKey(ENCODER, first / ROWS_PER_BLOCK),
      appendRows(null, { version: ENCODER, features: FEATURES }, rows),
    );
  }
  await DB.batch([
    featureRows(DB, size),
    DB.prepare("UPDATE encoders SET revision = 1 WHERE version = ?").bind(ENCODER),
  ]);
}

const featureRows = (db: D1Database, { tracks }: CatalogueSize): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO features (encoder_version, track, sound_sha256, block, row)
       ${COUNTING} SELECT ?2, ${trackOf("i")}, ${hashOf("i")}, CAST(i / ?3 AS INTEGER),
         CAST(i % ?3 AS INTEGER) FROM n`,
    )
    .bind(tracks, ENCODER, ROWS_PER_BLOCK);

/** Adds features and as many scores as are stored for each listener, without computing them. */
export async function fillScores(db: D1Database, size: CatalogueSize): Promise<void> {
  const track = stride("(model.rowid + 31)", "?2");
  await db.batch([
    featureRows(db, size),
    db
      .prepare(
        `INSERT INTO scores (model_id, model_version, track, sound_sha256, logit, relevance)
         ${COUNTING} SELECT model.id, model.version, ${trackOf(track)}, ${hashOf(track)}, 0,
           n.i / 200.0 FROM n, models AS model`,
      )
      .bind(SCORES_KEPT, size.tracks),
  ]);
}

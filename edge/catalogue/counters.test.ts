import { env } from "cloudflare:workers";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { createMt19937 } from "@lemons/shared/explanation/mt19937";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { firstRow, run } from "../base/rows.ts";
import {
  catalogueTrack,
  ENCODER,
  FOLDER,
  seed,
  splitModel,
  wholeModel,
} from "../test/catalogue.ts";
import { countedEnv } from "../test/counted-env.ts";
import { makeKey } from "../test/keys.ts";
import { fillCatalogue, fillScores } from "../test/large-catalogue.ts";
import { resetStorage } from "../test/storage.ts";
import { HEAD } from "../test/table.ts";
import { recommendationPage } from "../work/scoring/recommendation-page.ts";

const Counts = z.object({ tracks: z.int(), pooled: z.int(), scored: z.int() });
const WHOLE = "8".repeat(64);

const counters = () =>
  firstRow(
    env.DB,
    Counts,
    `SELECT (SELECT tracks FROM catalogue_tally) AS tracks,
       (SELECT pooled_tracks FROM encoders WHERE version = ?1) AS pooled,
       (SELECT scored_tracks FROM models WHERE version = ?2) AS scored`,
    ...[ENCODER, WHOLE],
  );

const counted = () =>
  firstRow(
    env.DB,
    Counts,
    `SELECT (SELECT count(*) FROM tracks WHERE owner IS NULL) AS tracks,
       (SELECT count(*) FROM features JOIN tracks ON tracks.id = features.track
          AND tracks.sound_sha256 = features.sound_sha256 WHERE encoder_version = ?1) AS pooled,
       (SELECT count(*) FROM scores JOIN tracks ON tracks.id = scores.track
          AND tracks.owner IS NULL AND tracks.sound_sha256 = scores.sound_sha256
          WHERE model_version = ?2) AS scored`,
    ...[ENCODER, WHOLE],
  );

beforeEach(resetStorage);

describe("the counters of the catalogue", () => {
  it("equal what they count, whatever is added, replaced and removed", async () => {
    const tracks = Array.from({ length: 12 }, (_, i) => catalogueTrack(`t${i}`, "a"));
    await seed({
      ...FOLDER,
      catalogue: { format: 1, tracks },
      listening: [],
      models: [splitModel("zoe", "7", HEAD), wholeModel("abel", "8")],
    });
    const { id: owner } = await makeKey(["upload"]);
    const random = createMt19937(3);
    const below = (limit: number) => random.nextUint32() % limit;
    const sound = () => below(3).toString().repeat(64);
    let rowsAdded = 0;
    const steps: ((track: string) => Promise<number>)[] = [
      (track) =>
        run(
          env.DB,
          `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256,
             licence, changes, origin, tags, stems, owner)
           VALUES (?1, 't', 'a', 30, ?2, 'audio/ogg', ?2, 'CC0-1.0', 'none', 'test', '[]', '{}', ?3)
           ON CONFLICT (id) DO UPDATE SET sound_sha256 = excluded.sound_sha256`,
          ...[track, sound(), track === "t1" ? owner : null],
        ),
      (track) => run(env.DB, "DELETE FROM tracks WHERE id = ?", track),
      (track) =>
        run(env.DB, "UPDATE tracks SET sound_sha256 = ? WHERE id = ?", ...[sound(), track]),
      (track) =>
        run(
          env.DB,
          `INSERT INTO features (encoder_version, track, sound_sha256, block, row)
           SELECT ?1, id, sound_sha256, 0, ?3 FROM tracks WHERE id = ?2 AND owner IS NULL
           ON CONFLICT (encoder_version, track) DO UPDATE SET row = excluded.row`,
          ...[ENCODER, track, rowsAdded++],
        ),
      (track) =>
        run(
          env.DB,
          `INSERT INTO scores (model_id, model_version, track, sound_sha256, logit, relevance)
           SELECT models.id, models.version, tracks.id, tracks.sound_sha256, 0, 0.5
           FROM models, tracks WHERE tracks.id = ?
           ON CONFLICT (model_id, model_version, track) DO UPDATE SET logit = 1`,
          track,
        ),
      (track) => run(env.DB, "DELETE FROM features WHERE track = ?", track),
      (track) => run(env.DB, "DELETE FROM scores WHERE track = ?", track),
    ];
    await run(env.DB, "DELETE FROM tracks WHERE id = 't1'");
    const most = { tracks: 0, pooled: 0, scored: 0 };
    for (let i = 0; i < 150; i++) {
      await steps[below(steps.length)]!(`t${below(12)}`);
      const now = (await counters())!;
      expect(now).toEqual(await counted());
      for (const name of ["tracks", "pooled", "scored"] as const) {
        most[name] = Math.max(most[name], now[name]);
      }
    }
    expect(Math.min(...Object.values(most))).toBeGreaterThan(1);
  });

  it("make a page of recommendations read as many rows of 20,000 tracks as of 500", async () => {
    const rowsRead: number[] = [];
    for (const tracks of [500, 20_000]) {
      const size = { tracks, listeners: 2 };
      await fillCatalogue(env.DB, size);
      await fillScores(env.DB, size);
      await run(env.DB, "UPDATE models SET head = zeroblob(516), scored_revision = 0");
      const { env: measured, counts: calls } = countedEnv(env);
      const page = await recommendationPage(measured, ListenerId.parse("l0000"), { limit: 10 });
      expect(page.scoring).toEqual({ scored: tracks, failed: 0, total: tracks, reason: null });
      expect(page.recommendations).toHaveLength(10);
      rowsRead.push(calls.rowsRead);
    }
    expect(rowsRead[1]).toBeLessThan(1.2 * rowsRead[0]!);
  }, 60_000);

  it("let a listen be added without reading every model", async () => {
    await fillCatalogue(env.DB, { tracks: 100, listeners: 1000 });
    const { env: measured, counts: calls } = countedEnv(env);
    await run(measured.DB, "DELETE FROM listens WHERE listener = 'l0000'");
    const before = calls.rowsRead;
    await run(measured.DB, "INSERT INTO listens VALUES ('l0000', 't000001', 1)");
    expect(calls.rowsRead - before).toBeLessThan(20);
  }, 60_000);
});

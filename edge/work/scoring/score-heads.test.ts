import { env } from "cloudflare:workers";
import { headBytes, type LinearHead, logitOfHead } from "@lemons/shared/model/linear-head";
import { beforeAll, describe, expect, it } from "vitest";
import { featuresKey } from "../../base/object-keys.ts";
import { findEncoder } from "../../catalogue/encoders.ts";
import { appendRows, ROWS_PER_BLOCK } from "../../catalogue/features/block-format.ts";
import { staleHeads } from "../../catalogue/models.ts";
import { ENCODER, seed, splitModel } from "../../test/catalogue.ts";
import { resetStorage } from "../../test/storage.ts";
import { HEAD } from "../../test/table.ts";
import { HEADS_PER_PASS, SCORES_KEPT, scoreHeads } from "./score-heads.ts";

const BLOCKS = 12;
const TRACKS = BLOCKS * ROWS_PER_BLOCK;
const HEARD_EVERY = 97;

const trackOf = (i: number) => `t${String(i).padStart(6, "0")}`;
const hashOf = (i: number) => i.toString(16).padStart(64, "0");
const featuresOf = (i: number) =>
  Float32Array.from({ length: 4 }, (_, j) => Math.sin(12.9 * i + 78.2 * j) * (j + 1));
const headOf = (listener: number): LinearHead => ({
  weights: Float32Array.from({ length: 4 }, (_, j) => Math.cos(3.1 * listener + j)),
  bias: 0,
});

beforeAll(async () => {
  await resetStorage();
  await seed();
  for (const table of ["models", "listeners", "tracks"]) await env.DB.exec(`DELETE FROM ${table}`);
  const counting =
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)";
  const track = "printf('t%06d', i)";
  const hash = "printf('%064x', i)";
  const { manifest } = splitModel("many", "5", HEAD);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256,
         licence, licence_url, changes, origin, tags, stems)
       ${counting} SELECT ${track}, 't', 'a', 30, ${hash}, 'audio/ogg', ${hash},
         'CC0-1.0', NULL, 'none', 'test', '[]', '{}' FROM n`,
    ).bind(TRACKS),
    env.DB.prepare(
      `INSERT INTO features (encoder_version, track, sound_sha256, block, row)
       ${counting} SELECT ?2, ${track}, ${hash}, i / ${ROWS_PER_BLOCK}, i % ${ROWS_PER_BLOCK} FROM n`,
    ).bind(TRACKS, ENCODER),
    env.DB.prepare(
      `INSERT INTO listeners (id, name, taste) ${counting} SELECT 'l' || i, 'L', 'T' FROM n`,
    ).bind(HEADS_PER_PASS + 1),
    env.DB.prepare(
      `INSERT INTO listens (listener, track, plays)
       ${counting} SELECT 'l0', ${track}, 1 FROM n WHERE i % ?2 = 0`,
    ).bind(TRACKS, HEARD_EVERY),
    ...Array.from({ length: HEADS_PER_PASS + 1 }, (_, listener) =>
      env.DB.prepare(
        `INSERT INTO models (id, version, listener, encoder_version, head_version, manifest, active,
           head) VALUES (?, ?, ?, ?, ?, ?, 1, ?)`,
      ).bind(
        `m${listener}`,
        hashOf(listener),
        `l${listener}`,
        ENCODER,
        hashOf(listener),
        JSON.stringify({ ...manifest, id: `m${listener}` }),
        headBytes(headOf(listener)).buffer,
      ),
    ),
    env.DB.prepare("UPDATE encoders SET revision = 1"),
  ]);
  const encoder = { version: ENCODER, features: 4 };
  for (let block = 0; block < BLOCKS; block++) {
    const rows = Array.from({ length: ROWS_PER_BLOCK }, (_, row) => {
      const i = block * ROWS_PER_BLOCK + row;
      return { soundSha256: hashOf(i), features: featuresOf(i) };
    });
    await env.BUCKET.put(featuresKey(ENCODER, block), appendRows(null, encoder, rows));
  }
}, 120_000);

describe("scoreHeads", () => {
  it("stores each listener's best unheard tracks of all blocks", async () => {
    const encoder = (await findEncoder(env.DB, ENCODER))!;
    const first = await staleHeads(env.DB, encoder, HEADS_PER_PASS);
    expect(first).toHaveLength(HEADS_PER_PASS);
    await scoreHeads(env, encoder, first);
    const rest = await staleHeads(env.DB, encoder, HEADS_PER_PASS);
    expect(rest).toHaveLength(1);
    await scoreHeads(env, encoder, rest);
    expect(await staleHeads(env.DB, encoder, 1)).toEqual([]);

    for (const listener of [0, 1, HEADS_PER_PASS]) {
      const head = headOf(listener);
      const expected = Array.from({ length: TRACKS }, (_, i) => i)
        .filter((i) => listener !== 0 || i % HEARD_EVERY !== 0)
        .map((i) => ({ track: trackOf(i), logit: logitOfHead(head, featuresOf(i)) }))
        .sort((a, b) => b.logit - a.logit || (a.track < b.track ? -1 : 1))
        .slice(0, SCORES_KEPT);
      const { results } = await env.DB.prepare(
        "SELECT track, logit FROM scores WHERE model_id = ? ORDER BY logit DESC, track",
      )
        .bind(`m${listener}`)
        .all();
      expect(results).toEqual(expected);
    }
    const row = await env.DB.prepare("SELECT count(*) AS n FROM scores").first<{ n: number }>();
    expect(row?.n).toBe((HEADS_PER_PASS + 1) * SCORES_KEPT);
  }, 120_000);
});

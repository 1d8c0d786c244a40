import { env } from "cloudflare:workers";
import { TrackId } from "@lemons/shared/contract/identifier";
import { beforeAll, expect, it } from "vitest";
import { countedEnv } from "../../test/counted-env.ts";
import { makeKey } from "../../test/keys.ts";
import { fillCatalogue, fillScores } from "../../test/large-catalogue.ts";
import { resetStorage } from "../../test/storage.ts";
import { removeUpload } from "./remove-upload.ts";
import { findUpload } from "./uploads.ts";

const SOUND = "a".repeat(64);

beforeAll(async () => {
  await resetStorage();
});

it("removes an upload without reading through the catalogue", { timeout: 60_000 }, async () => {
  const size = { tracks: 5000, listeners: 50 };
  await fillCatalogue(env.DB, size);
  await fillScores(env.DB, size);
  const { id: owner } = await makeKey(["upload"]);
  const id = `own-${"1".repeat(40)}`;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256, licence,
         changes, origin, tags, stems, owner) SELECT ?1, title, artist, seconds, ?2, audio_type, ?2,
         licence, changes, origin, tags, stems, ?3 FROM tracks LIMIT 1`,
    ).bind(id, SOUND, owner),
    env.DB.prepare(
      `INSERT INTO uploads (id, owner, title, artist, audio_sha256, audio_type, bytes, state, created_at)
       VALUES (?1, ?3, 't', 'a', ?2, 'audio/wav', 1, 'ready', '2026')`,
    ).bind(id, SOUND, owner),
  ]);
  const { env: counted, counts: calls } = countedEnv(env);
  await removeUpload(counted, (await findUpload(env.DB, TrackId.parse(id)))!);
  expect(await env.DB.prepare("SELECT 1 FROM tracks WHERE id = ?").bind(id).first()).toBeNull();
  expect(calls.statements).toBeGreaterThan(3);
  expect(calls.rowsRead).toBeLessThan(200);
});

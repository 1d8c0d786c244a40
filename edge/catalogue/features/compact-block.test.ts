import { env } from "cloudflare:workers";
import { BatchId } from "@lemons/shared/contract/batch";
import { ListenerId, type Sha256, TrackId } from "@lemons/shared/contract/identifier";
import { beforeEach, describe, expect, it } from "vitest";
import { GRACE_MS, runSweep } from "../../batch/sweep.ts";
import { ENCODER } from "../../test/catalogue.ts";
import { fillCatalogue, fillFeatures } from "../../test/large-catalogue.ts";
import { resetStorage } from "../../test/storage.ts";
import { scoreHeads } from "../../work/scoring/score-heads.ts";
import { findEncoder } from "../encoders.ts";
import { activeModel } from "../models.ts";
import { ROWS_PER_BLOCK } from "./block-format.ts";
import { findTrackFeatures, storeFeatures } from "./feature-store.ts";

/** Two full blocks and part of a third. */
const SIZE = { tracks: 2 * ROWS_PER_BLOCK + 100, listeners: 2 };
const track = (i: number) => TrackId.parse(`t${String(i).padStart(6, "0")}`);
const soundOf = (i: number): Sha256 => i.toString(16).padStart(64, "0");
const encoder = async () => (await findEncoder(env.DB, ENCODER))!;

const featuresOf = async (i: number) =>
  (await findTrackFeatures(env, await encoder(), track(i)))?.join(" ");

/** Removes tracks, as a newer catalogue would. */
const remove = (first: number, last: number) =>
  env.DB.prepare("DELETE FROM tracks WHERE id BETWEEN ? AND ?")
    .bind(track(first), track(last))
    .run();

async function sweep(): Promise<void> {
  await runSweep(env, {
    batch: BatchId.parse("nightly"),
    id: "sweep-features",
    kind: "sweep",
    listener: null,
    track: null,
    type: null,
    cursor: null,
    turn: 1,
    losses: 0,
    flights: 0,
    startedAt: new Date().toISOString(),
  });
}

const age = () =>
  env.DB.prepare("UPDATE retired_objects SET seen_at = ?")
    .bind(new Date(Date.now() - GRACE_MS - 1000).toISOString())
    .run();

async function blocks(): Promise<string[]> {
  const { objects } = await env.BUCKET.list({ prefix: `features/${ENCODER}/` });
  return objects.map(({ key }) => key.slice(key.lastIndexOf("/") + 1));
}

async function rowsOf(): Promise<Record<number, number>> {
  const { results } = await env.DB.prepare(
    "SELECT block, count(*) AS n FROM features GROUP BY block ORDER BY block",
  ).all<{ block: number; n: number }>();
  return Object.fromEntries(results.map(({ block, n }) => [block, n]));
}

async function best(listener: string): Promise<string[]> {
  const active = (await activeModel(env.DB, ListenerId.parse(listener)))!;
  await scoreHeads(env, await encoder(), [active]);
  const { results } = await env.DB.prepare(
    "SELECT track FROM scores WHERE model_id = ? ORDER BY relevance DESC, track",
  )
    .bind(active.model.id)
    .all<{ track: string }>();
  return results.map((row) => row.track);
}

beforeEach(async () => {
  await resetStorage();
  await fillCatalogue(env.DB, SIZE);
  await fillFeatures(env, SIZE);
});

describe("compaction of blocks", { timeout: 60_000 }, () => {
  it("moves the live rows, and deletes the block after the grace period", async () => {
    const kept = [400, 700, 1023, 1024, 2100];
    await remove(0, 399);
    const before = await Promise.all(kept.map(featuresOf));
    expect(before).not.toContain(undefined);
    const ranked = await best("l0000");
    const { revision } = await encoder();

    await sweep();
    expect(await rowsOf()).toEqual({ 1: 1024, 2: 100 + 624 });
    expect(await Promise.all(kept.map(featuresOf))).toEqual(before);
    expect((await encoder()).revision).toBe(revision + 1);
    expect(await best("l0000")).toEqual(ranked);
    // A reader who has just looked up a row still finds it.
    expect(await blocks()).toEqual(["0.bin", "1.bin", "2.bin"]);
    await sweep();
    await age();
    await sweep();
    expect(await blocks()).toEqual(["1.bin", "2.bin"]);
    expect(await rowsOf()).toEqual({ 1: 1024, 2: 724 });
    expect(await Promise.all(kept.map(featuresOf))).toEqual(before);
  });

  it("leaves a block with few dead rows as it is", async () => {
    await remove(0, 200);
    await sweep();
    expect(await rowsOf()).toEqual({ 0: 1024 - 201, 1: 1024, 2: 100 });
  });

  it("counts tracks whose sound changed as dead, and moves the newest block to a new one", async () => {
    await env.DB.prepare("UPDATE tracks SET sound_sha256 = ? WHERE id >= ?")
      .bind("f".repeat(64), track(2100))
      .run();
    const before = await featuresOf(2099);
    await sweep();
    expect(await rowsOf()).toEqual({ 0: 1024, 1: 1024, 3: 52 });
    expect(await featuresOf(2099)).toBe(before);
    expect(await featuresOf(2100)).toBeUndefined();
  });

  it("stores new tracks over a left-over block", async () => {
    await remove(1024, SIZE.tracks);
    expect(await rowsOf()).toEqual({ 0: 1024 });
    await env.DB.exec(
      `INSERT INTO tracks (id, title, artist, seconds, audio_sha256, audio_type, sound_sha256, licence,
         changes, origin, tags, stems) SELECT 't999999', title, artist, seconds, audio_sha256, audio_type,
         '${soundOf(999_999)}', licence, changes, origin, tags, stems FROM tracks LIMIT 1`.replaceAll(
        "\n",
        " ",
      ),
    );
    const features = Float32Array.from({ length: 128 }, (_, i) => i);
    const found = { track: track(999_999), soundSha256: soundOf(999_999), features, peaks: [] };
    await storeFeatures(env, await encoder(), [found]);
    expect(await rowsOf()).toEqual({ 0: 1024, 1: 1 });
    expect(await featuresOf(999_999)).toBe(features.join(" "));
  });
});

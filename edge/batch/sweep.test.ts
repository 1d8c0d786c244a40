import { env } from "cloudflare:workers";
import { BatchId } from "@lemons/shared/contract/batch";
import { SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { beforeEach, describe, expect, it } from "vitest";
import { ENCODER, FOLDER, seed } from "../test/catalogue.ts";
import { resetStorage } from "../test/storage.ts";
import { separatorText } from "../work/tables/table-store.ts";
import { TABLE_SCHEMA } from "../work/tables/table-task.ts";
import type { BatchItem, SWEEPS } from "./item.ts";
import { GRACE_MS, runSweep } from "./sweep.ts";

const OLD_ENCODER = "0".repeat(64);
const SOUND = FOLDER.catalogue.tracks[0]!.sha256;
const DSP = separatorText({ name: "dsp", version: SEPARATOR_VERSIONS.dsp });

/** Runs a sweep to its end. @returns the number of turns */
async function sweep(id: (typeof SWEEPS)[number]): Promise<number> {
  let cursor: string | null = null;
  for (let turns = 1; ; turns++) {
    const item: BatchItem = {
      batch: BatchId.parse("nightly"),
      id,
      kind: "sweep",
      listener: null,
      track: null,
      type: null,
      cursor,
      turn: turns,
      losses: 0,
      flights: 0,
      startedAt: new Date().toISOString(),
    };
    const outcome = await runSweep(env, item);
    if (outcome.state === "done") return turns;
    if (outcome.state !== "again") throw new Error(outcome.reason);
    cursor = outcome.cursor ?? null;
  }
}

/** Ages all retired objects beyond the grace period. */
const age = () =>
  env.DB.prepare("UPDATE retired_objects SET seen_at = ?")
    .bind(new Date(Date.now() - GRACE_MS - 1000).toISOString())
    .run();

async function keys(prefix = ""): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await env.BUCKET.list({ prefix, ...(cursor ? { cursor } : {}) });
    found.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return found;
}

const tableId = (i: number) => i.toString(16).padStart(32, "0");

async function putTable(i: number, origin: Record<string, string> = {}): Promise<string> {
  const id = tableId(i);
  await env.BUCKET.put(`tables/${id}.bin`, "numbers");
  await env.BUCKET.put(`tables/${id}.json`, "{}", {
    customMetadata: {
      encoderVersion: ENCODER,
      soundSha256: SOUND,
      separator: DSP,
      schema: String(TABLE_SCHEMA),
      ...origin,
    },
  });
  return id;
}

const filesOf = (id: string) => [`tables/${id}.bin`, `tables/${id}.json`];

beforeEach(async () => {
  await resetStorage();
  await seed();
});

describe("sweeping tables", { timeout: 60_000 }, () => {
  it("deletes tables of other encoders, sounds and separators, and those without a record, after the grace period", async () => {
    const current = await putTable(1);
    const stale = [
      await putTable(2, { encoderVersion: OLD_ENCODER }),
      await putTable(3, { soundSha256: OLD_ENCODER }),
      await putTable(4, { separator: "dsp 0" }),
      await putTable(6, { schema: "0" }),
    ];
    await env.BUCKET.put(`tables/${tableId(5)}.bin`, "half of a table");
    await env.BUCKET.put("tables/README", "not a table");
    await env.BUCKET.put(`explanations/${tableId(2)}-${tableId(2)}/explanation.json`, "{}");
    const before = await keys();

    await sweep("sweep-tables");
    await sweep("sweep-tables");
    expect(await keys()).toEqual(before);

    await age();
    await sweep("sweep-tables");
    const gone = [...stale.flatMap(filesOf), `tables/${tableId(5)}.bin`];
    expect(await keys()).toEqual(before.filter((key) => !gone.includes(key)));
    expect(await keys("tables/")).toEqual([...filesOf(current), "tables/README"]);
    const left = await env.DB.prepare("SELECT count(*) AS n FROM retired_objects").first("n");
    expect(left).toBe(0);
  });

  it("restarts the grace period of a table that was in use again", async () => {
    const id = await putTable(1);
    await env.DB.exec("UPDATE models SET active = 0");
    await sweep("sweep-tables");
    await age();
    await env.DB.exec("UPDATE models SET active = 1");
    await sweep("sweep-tables");
    await env.DB.exec("UPDATE models SET active = 0");
    await sweep("sweep-tables");
    expect(await keys("tables/")).toEqual(filesOf(id));
  });

  it("follows the pages of the list", async () => {
    for (let i = 0; i < 260; i++) {
      await putTable(i, i % 2 === 0 ? {} : { encoderVersion: OLD_ENCODER });
    }
    expect(await sweep("sweep-tables")).toBeGreaterThan(2);
    await age();
    await sweep("sweep-tables");
    const kept = Array.from({ length: 130 }, (_, i) => filesOf(tableId(2 * i))).flat();
    expect(await keys("tables/")).toEqual(kept);
  });
});

describe("sweeping the rest", { timeout: 60_000 }, () => {
  it("deletes features and stems that nothing uses any more", async () => {
    const all = [
      `features/${ENCODER}/0.bin`,
      `features/${OLD_ENCODER}/0.bin`,
      `stems/${SOUND}/stems/drums`,
      `stems/${OLD_ENCODER}/stems/drums`,
      `stems/${SOUND}/dsp-${SEPARATOR_VERSIONS.dsp}/drums.mp3`,
      `stems/${SOUND}/dsp-0/drums.mp3`,
      `stems/${OLD_ENCODER}/dsp-${SEPARATOR_VERSIONS.dsp}/drums.mp3`,
    ];
    for (const key of all) await env.BUCKET.put(key, "bytes");
    await env.DB.exec(
      `INSERT INTO encoders (version, features, front_end) VALUES ('${OLD_ENCODER}', 4, '{}')`,
    );
    const row = "INSERT INTO features (encoder_version, track, sound_sha256, block, row)";
    for (const encoder of [ENCODER, OLD_ENCODER]) {
      await env.DB.exec(`${row} VALUES ('${encoder}', 'alpha', '${SOUND}', 0, 0)`);
    }
    for (let i = 0; i < 2; i++) {
      await sweep("sweep-features");
      await sweep("sweep-stems");
      await age();
    }
    const left = await keys();
    expect(all.filter((key) => left.includes(key))).toEqual([all[0], all[2], all[4]]);
    const { results } = await env.DB.prepare("SELECT encoder_version FROM features").all();
    expect(results).toEqual([{ encoder_version: ENCODER }]);
  });

  it("deletes batches that ended long ago", async () => {
    const insert = env.DB.prepare(
      `INSERT INTO batches (id, origin, request, state, created_at, updated_at, finished_at)
       VALUES (?1, 'schedule', '{}', 'done', ?2, ?2, ?2)`,
    );
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await env.DB.batch([
      ...Array.from({ length: 12 }, (_, i) => insert.bind(`old-${i}`, daysAgo(31))),
      insert.bind("new", daysAgo(29)),
    ]);
    expect(await sweep("sweep-batches")).toBe(4);
    const { results } = await env.DB.prepare("SELECT id FROM batches").all();
    expect(results).toEqual([{ id: "new" }]);
  });
});

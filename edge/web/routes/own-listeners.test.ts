import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { ListenerPage, ListenerProfile, ListenerRemoval } from "@lemons/shared/contract/listener";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_OWN_LISTENERS } from "../../catalogue/change-listeners.ts";
import { ENCODER, seed } from "../../test/catalogue.ts";
import {
  buildWell,
  poolWell,
  probeWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";

const NEW = {
  id: "mine",
  name: "Mine",
  taste: "What I chose.",
  listens: [{ track: "alpha", plays: 3 }, { track: "delta" }],
};
const QUESTION = { track: "bravo", type: "time" };

let owner: TestKey;
let other: TestKey;
let admin: TestKey;
/** The response that created the owner's listener, its id, and the id of an explanation for it. */
let made: Response;
let mine: string;
let explanation: string;

const headersOf = (key: TestKey | null): Record<string, string> =>
  key === null ? {} : { ...key.headers };
const as = (key: TestKey | null, path: string, method = "GET", body?: object) =>
  request(path, {
    method,
    headers: { ...headersOf(key), ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
const statusOf = async (asked: Promise<Response>): Promise<number> => {
  const response = await asked;
  await response.bytes();
  return response.status;
};
const listed = async (key: TestKey | null, query = ""): Promise<string[]> => {
  const answer = await as(key, `/v1/listeners?limit=200${query}`);
  return ListenerPage.parse(await answer.json()).listeners.map(({ id }) => id);
};

vi.setConfig({ testTimeout: 30_000 });

beforeEach(async () => {
  await resetStorage();
  await seed();
  standInForGpuWorker({
    features: poolWell,
    table: buildWell,
    render: renderWell,
    probe: probeWell,
  });
  owner = await makeKey(["read", "explain", "upload"]);
  other = await makeKey(["read", "explain", "upload"]);
  admin = await makeKey(["admin"]);
  const scoring = env.CATALOGUE_SCORING.getByName(ENCODER);
  await scoring.ensure(ENCODER);
  await runDurableObjectAlarm(scoring);
  made = await post("/v1/listeners", NEW, owner.headers);
  mine = ListenerProfile.parse(await made.json()).id;
  const head = await as(owner, `/v1/listeners/${mine}/head`, "POST", {});
  expect(head.status).toBe(201);
  expect(await head.json()).toMatchObject({ listened: 2, model: { listener: mine } });
  const explained = await post(
    "/v1/explanations",
    { ...QUESTION, listener: mine },
    { ...owner.headers, Prefer: "wait=20" },
  );
  expect(explained.status).toBe(200);
  explanation = PublishedExplanation.parse(await explained.json()).id;
});
afterEach(() => vi.unstubAllGlobals());

describe("a private listener", () => {
  it("is created from chosen tracks, with its own model", async () => {
    expect(made.status).toBe(201);
    expect(made.headers.get("Cache-Control")).toBe("private, no-store");
    expect(mine).toMatch(/^own-[0-9a-f]{32}$/);
    expect(made.headers.get("Location")).toBe(`/v1/listeners/${mine}`);
    expect(await problemOf(await post("/v1/listeners", NEW, owner.headers))).toMatchObject({
      type: "/problems/listener-exists",
    });
    const answer = await as(owner, `/v1/listeners/${mine}/recommendations`);
    expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
    const { recommendations } = RecommendationPage.parse(await answer.json());
    expect(recommendations.map(({ track }) => track.id).sort()).toEqual([
      ...["bravo", "charlie", "stemmed"],
    ]);
  });

  it("is listed for its key and for administrators", async () => {
    expect(await listed(owner)).toContain(mine);
    expect(await listed(owner, "&mine=true")).toEqual([mine]);
    expect(await listed(admin)).toContain(mine);
    for (const key of [other, null]) {
      expect(await listed(key)).not.toContain(mine);
      expect(await listed(key, "&mine=true")).toEqual([]);
    }
  });

  it("doesn't exist for other keys and without a key", async () => {
    const paths = [
      `/v1/listeners/${mine}`,
      `/v1/listeners/${mine}/recommendations`,
      `/v1/explanations/${explanation}`,
      `/v1/explanations/${explanation}/events`,
      `/v1/explanations/${explanation}/audio/top-1`,
      `/v1/explanations/${explanation}/table`,
      `/v1/explanations/${explanation}/stems/drums`,
      `/v1/jobs/${explanation}`,
      `/e/${explanation}`,
      `/e/${explanation}/picture.png`,
      `/embed/${explanation}`,
      `/embed/${mine}/bravo`,
      `/listeners/${mine}`,
      `/listeners/${mine}/tracks/bravo`,
      `/tracks/bravo/compare?a=${mine}&b=zoe`,
      ...[`/e/${explanation}`, `/embed/${mine}/bravo`, `/listeners/${mine}/tracks/bravo`].map(
        (path) => `/oembed?url=${encodeURIComponent(`http://lemons.test${path}`)}`,
      ),
    ];
    for (const key of [other, null]) {
      for (const path of paths) expect(await statusOf(as(key, path)), path).toBe(404);
      const scores = await (await as(key, "/v1/tracks/bravo/scores")).text();
      expect(scores).toContain("zoe");
      expect(scores).not.toContain(mine);
      const asked = { ...QUESTION, listener: mine };
      expect(await statusOf(post("/v1/explanations", asked, headersOf(key)))).toBe(404);
    }
    const { listens } = NEW;
    expect(await statusOf(as(other, `/v1/listeners/${mine}/listens`, "PUT", { listens }))).toBe(
      404,
    );
    expect(await statusOf(as(other, `/v1/listeners/${mine}/head`, "POST", {}))).toBe(404);
    expect(await statusOf(as(other, `/v1/listeners/${mine}`, "DELETE"))).toBe(404);
    const batch = { listeners: [mine], tracks: ["bravo"] };
    expect(await statusOf(post("/v1/batches", batch, admin.headers))).toBe(404);
  });

  it("requires the scope upload, which can't change public listeners", async () => {
    const reader = await makeKey(["read", "explain"]);
    expect(await statusOf(post("/v1/listeners", NEW))).toBe(401);
    expect(await statusOf(post("/v1/listeners", NEW, reader.headers))).toBe(403);
    const { listens } = NEW;
    expect(await statusOf(as(owner, "/v1/listeners/zoe/listens", "PUT", { listens }))).toBe(403);
    expect(await statusOf(as(owner, "/v1/listeners/zoe/head", "POST", {}))).toBe(403);
    expect(await statusOf(as(owner, "/v1/listeners/zoe", "DELETE"))).toBe(403);
  });

  it("differs from another key's listener of the same name", async () => {
    const made = await post("/v1/listeners", NEW, other.headers);
    expect(made.status).toBe(201);
    const theirs = ListenerProfile.parse(await made.json()).id;
    expect(theirs).not.toBe(mine);
    expect(await statusOf(as(owner, `/v1/listeners/${theirs}`))).toBe(404);
    const squatting = { ...NEW, id: theirs };
    expect(await problemOf(await post("/v1/listeners", squatting, admin.headers))).toMatchObject({
      status: 400,
      fields: ["id"],
    });
  });

  it("is visible to administrators, with its explanations", async () => {
    for (const path of [
      `/v1/listeners/${mine}`,
      `/v1/listeners/${mine}/recommendations`,
      `/v1/explanations/${explanation}`,
      `/v1/jobs/${explanation}`,
    ]) {
      const answer = await as(admin, path);
      expect(answer.status, path).toBe(200);
      if (!path.includes("jobs")) {
        expect(answer.headers.get("Cache-Control"), path).toBe("private, no-store");
      }
      await answer.bytes();
    }
    expect(await (await as(admin, "/v1/tracks/bravo/scores")).text()).toContain(mine);
  });

  it("accepts a new history, with private tracks of its key", async () => {
    const bytes = new Uint8Array(100);
    bytes.set(new TextEncoder().encode("RIFFxxxxWAVE own"));
    const uploaded = await request("/v1/tracks", {
      method: "POST",
      headers: { ...owner.headers, Prefer: "wait=20" },
      body: bytes,
    });
    const { id: track } = await uploaded.json<{ id: string }>();
    const put = (key: TestKey, listener: string) =>
      as(key, `/v1/listeners/${listener}/listens`, "PUT", {
        listens: [{ track, plays: 5 }, { track: "alpha" }],
      });
    const changed = ListenerProfile.parse(await (await put(owner, mine)).json());
    expect(changed.history.map((each) => each.track.id)).toEqual([track, "alpha"]);
    // Only the track's owner sees it.
    const seen = ListenerProfile.parse(await (await as(admin, `/v1/listeners/${mine}`)).json());
    expect(seen.history.map((each) => each.track.id)).toEqual(["alpha"]);
    expect(await statusOf(put(admin, "zoe"))).toBe(404);
    // An administrator's request would reveal one key's track to another key's listener.
    const asked = { track, listener: mine, type: "time" };
    expect(await statusOf(post("/v1/explanations", asked, admin.headers))).toBe(404);

    const scores = async (key: TestKey) =>
      (await as(key, `/v1/tracks/${track}/scores`)).json<{
        scores: { listener: string; logit: number }[];
        missing: string[];
      }>();
    expect((await scores(owner)).missing).toEqual(["zoe", "abel", mine]);
    await runDurableObjectAlarm(env.CATALOGUE_SCORING.getByName(ENCODER));
    const found = await scores(owner);
    expect(found.missing).toEqual([]);
    expect(found.scores.map(({ listener }) => listener)).toEqual(["zoe", "abel", mine]);
    expect(await statusOf(as(other, `/v1/tracks/${track}/scores`))).toBe(404);
    expect(await statusOf(as(admin, `/v1/tracks/${track}/scores`))).toBe(404);

    const head = await as(owner, `/v1/listeners/${mine}/head`, "POST", {});
    expect(await head.json()).toMatchObject({ listened: 2 });
    const after = (await scores(owner)).scores.find(({ listener }) => listener === mine)!;
    expect(after.logit).not.toBe(found.scores.at(-1)!.logit);
    expect(await statusOf(as(owner, `/v1/tracks/${track}`, "DELETE"))).toBe(200);
    const left = await env.DB.prepare("SELECT count(*) AS n FROM own_features").first();
    expect(left).toEqual({ n: 0 });
  });

  it("is removed with everything computed for it", async () => {
    const removed = await as(owner, `/v1/listeners/${mine}`, "DELETE");
    expect(ListenerRemoval.parse(await removed.json())).toEqual({
      listener: mine,
      removed: { models: 1, explanations: 1 },
    });
    expect(await statusOf(as(owner, `/v1/listeners/${mine}`))).toBe(404);
    expect(await statusOf(as(owner, `/v1/explanations/${explanation}`))).toBe(404);
    const objects = await env.BUCKET.list({ prefix: `explanations/${explanation}/` });
    expect(objects.objects).toEqual([]);
    for (const table of ["listens", "models"]) {
      const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE listener = ?`)
        .bind(mine)
        .first();
      expect(row, table).toEqual({ n: 0 });
    }
    expect(await statusOf(as(admin, "/v1/listeners/abel", "DELETE"))).toBe(200);
    expect(await listed(null)).toEqual(["zoe"]);
  });

  it(`is limited to ${MAX_OWN_LISTENERS} per key`, async () => {
    const key = await makeKey(["read", "upload"]);
    await env.DB.prepare(
      `INSERT INTO listeners (id, name, taste, owner)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
       SELECT 'own-' || printf('%032x', i), 'L', 'T', ?2 FROM n`,
    )
      .bind(MAX_OWN_LISTENERS, key.id)
      .run();
    expect(await problemOf(await post("/v1/listeners", NEW, key.headers))).toMatchObject({
      status: 403,
      type: "/problems/too-many-listeners",
    });
  });
});

import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { ActivatedModels, FittedHead, ModelList } from "@lemons/shared/contract/model";
import { RecommendationPage } from "@lemons/shared/contract/recommendation";
import { logitOfHead } from "@lemons/shared/model/linear-head";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { activeModel } from "../../catalogue/models.ts";
import { ENCODER, FOLDER, seed, splitModel } from "../../test/catalogue.ts";
import {
  buildWell,
  featuresOf,
  poolWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { allPages, post, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";
import { HEAD, OTHER_HEAD } from "../../test/table.ts";

let admin: TestKey;

async function addListener(id: string, tracks: readonly string[]): Promise<void> {
  await env.DB.prepare("INSERT INTO listeners (id, name, taste) VALUES (?, ?, 'New.')")
    .bind(id, id)
    .run();
  for (const track of tracks) {
    await env.DB.prepare("INSERT INTO listens (listener, track, plays) VALUES (?, ?, 1)")
      .bind(id, track)
      .run();
  }
}

const fit = (listener: string, body: object = {}) =>
  post(`/v1/listeners/${listener}/head`, body, admin.headers);
const activate = (id: string, body: object = {}) =>
  post(`/v1/models/${id}/activate`, body, admin.headers);

async function recommendations(listener: string): Promise<RecommendationPage> {
  const response = await request(`/v1/listeners/${listener}/recommendations`);
  return RecommendationPage.parse(await response.json());
}

beforeAll(async () => {
  await resetStorage();
  await seed();
  admin = await makeKey(["read", "admin"]);
  standInForGpuWorker({ features: poolWell });
  const scoring = env.CATALOGUE_SCORING.getByName(ENCODER);
  await scoring.ensure(ENCODER);
  await runDurableObjectAlarm(scoring);
  vi.unstubAllGlobals();
});
afterEach(() => vi.unstubAllGlobals());

describe("POST /v1/listeners/{listener}/head", () => {
  it("gives a new listener recommendations and explanations without a forward pass", async () => {
    await addListener("new", ["alpha", "bravo"]);
    const calls = standInForGpuWorker({ table: buildWell, render: renderWell });
    // Another listener's explanation builds the track's response table.
    const question = { track: "delta", type: "time", segments: 2 };
    const wait = { Prefer: "wait=20" };
    expect((await post("/v1/explanations", { listener: "zoe", ...question }, wait)).status).toBe(
      200,
    );
    const before = await activeModel(env.DB, ListenerId.parse("zoe"));

    const response = await fit("new");
    expect(response.status).toBe(201);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    const fitted = FittedHead.parse(await response.json());
    expect(fitted).toMatchObject({
      model: { id: "head-new", listener: "new", encoderVersion: ENCODER },
      tracks: 5,
      listened: 2,
      silence: true,
    });
    const { head } = (await activeModel(env.DB, ListenerId.parse("new")))!;
    const logit = (track: string) => logitOfHead(head!, Float32Array.from(featuresOf(track)));
    const { recommendations: found, model } = await recommendations("new");
    expect(model).toEqual(fitted.model);
    expect(found.map(({ track, logit }) => [track.id, logit])).toEqual(
      ["charlie", "delta", "stemmed"]
        .toSorted((a, b) => logit(b) - logit(a))
        .map((track) => [track, logit(track)]),
    );
    const explained = await post("/v1/explanations", { listener: "new", ...question });
    expect(explained.status).toBe(200);
    expect(await explained.json()).toMatchObject({ model: { id: "head-new" } });
    expect(calls.table).toHaveLength(1);
    expect([calls.features.length, calls.explain.length]).toEqual([0, 0]);
    expect(await activeModel(env.DB, ListenerId.parse("zoe"))).toEqual(before);
  });

  it("fits the same head for the same history, and another for a different one", async () => {
    await addListener("steady", ["alpha", "charlie"]);
    const first = FittedHead.parse(await (await fit("steady")).json());
    expect(FittedHead.parse(await (await fit("steady")).json())).toEqual(first);
    await env.DB.exec("DELETE FROM listens WHERE listener = 'steady' AND track = 'alpha'");
    const second = FittedHead.parse(await (await fit("steady")).json());
    expect(second.model.id).toBe(first.model.id);
    expect(second.model.version).not.toBe(first.model.version);
    expect((await activeModel(env.DB, ListenerId.parse("steady")))?.model).toEqual(second.model);
  });

  it.each([
    ["nemo", {}, 404, "/problems/unknown-listener"],
    ["deaf", {}, 409, "/problems/head-not-fittable"],
    ["greedy", {}, 409, "/problems/head-not-fittable"],
    ["zoe", { package: "none" }, 404, "/problems/unknown-model"],
    ["zoe", { packages: 1 }, 400, "/problems/bad-request"],
  ])("rejects fitting for %s with %j by status %i", async (listener, body, status, type) => {
    if (listener === "deaf") await addListener("deaf", []);
    if (listener === "greedy") {
      await addListener(
        "greedy",
        FOLDER.catalogue.tracks.map(({ slug }) => slug),
      );
    }
    const before = await activeModel(env.DB, ListenerId.parse(listener));
    expect(await problemOf(await fit(listener, body))).toMatchObject({ status, type });
    expect(await activeModel(env.DB, ListenerId.parse(listener))).toEqual(before);
  });
});

describe("POST /v1/models/{model}/activate", () => {
  it("activates the newest or the named version, and no other listener's model", async () => {
    const newer = { ...splitModel("abel", "5", HEAD), active: false };
    await seed({ ...FOLDER, models: [...FOLDER.models, newer] });
    const zoes = await activeModel(env.DB, ListenerId.parse("zoe"));
    const first = ActivatedModels.parse(await (await activate("model-abel")).json());
    expect(first.models.map(({ version }) => version)).toEqual(["5".repeat(64)]);
    expect((await activeModel(env.DB, ListenerId.parse("abel")))?.head).toEqual(HEAD);
    const named = await activate("model-abel", { version: "8".repeat(64) });
    expect(named.status).toBe(200);
    expect((await activeModel(env.DB, ListenerId.parse("abel")))?.head).toEqual(OTHER_HEAD);
    expect(await activeModel(env.DB, ListenerId.parse("zoe"))).toEqual(zoes);
  });

  it("activates all heads of a package", async () => {
    const heads = ["zoe", "abel"].map((listener, i) => {
      const model = splitModel(listener, String(i + 1), OTHER_HEAD);
      const manifest = {
        ...model.manifest,
        id: ModelId.parse(`pair-${listener}`),
        package: ModelId.parse("pair"),
      };
      return { ...model, manifest, active: false };
    });
    await seed({ ...FOLDER, models: [...FOLDER.models, ...heads] });
    const { models } = ActivatedModels.parse(await (await activate("pair")).json());
    expect(models.map(({ id }) => id).sort()).toEqual(["pair-abel", "pair-zoe"]);
    expect((await activeModel(env.DB, ListenerId.parse("zoe")))?.model.id).toBe("pair-zoe");
    await seed();
    expect((await activeModel(env.DB, ListenerId.parse("zoe")))?.model.id).toBe("model-zoe");
  });

  it("returns 404 for an unknown model", async () => {
    expect(await problemOf(await activate("none"))).toMatchObject({ status: 404 });
    const wrong = await activate("model-zoe", { version: "0".repeat(64) });
    expect(await problemOf(wrong)).toMatchObject({ status: 404 });
    expect((await activeModel(env.DB, ListenerId.parse("zoe")))?.model.id).toBe("model-zoe");
  });
});

describe("GET /v1/models", () => {
  it("pages through all models", async () => {
    const pages = await allPages(async (cursor) => {
      const query = cursor === null ? "" : `&cursor=${cursor}`;
      const response = await request(`/v1/models?limit=2${query}`, { headers: admin.headers });
      return ModelList.parse(await response.json());
    });
    const seen = pages.flatMap(({ models }) => models.map(({ id, version }) => `${id} ${version}`));
    expect(new Set(seen).size).toBe(seen.length);
    const row = await env.DB.prepare("SELECT count(*) AS n FROM models").first<{ n: number }>();
    expect(seen).toHaveLength(row!.n);
  });

  it.each([
    ["GET", "/v1/models"],
    ["POST", "/v1/models/model-zoe/activate"],
    ["POST", "/v1/listeners/zoe/head"],
  ])("requires the scope admin for %s %s", async (method, path) => {
    const reader = await makeKey(["read", "upload"]);
    const ask = (headers: Record<string, string>) =>
      method === "GET" ? request(path, { headers }) : post(path, {}, headers);
    expect((await ask({})).status).toBe(401);
    expect((await ask(reader.headers)).status).toBe(403);
  });
});

import { ListenerPage, ListenerProfile } from "@lemons/shared/contract/listener";
import { beforeEach, describe, expect, it } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";

let admin: TestKey;
beforeEach(async () => {
  await resetStorage();
  await seed();
  admin = await makeKey(["read", "admin"]);
});

const NEW = {
  id: "fresh-1",
  name: "Fresh",
  taste: "Anything new.",
  listens: [{ track: "alpha", plays: 3 }, { track: "delta" }],
};
const add = (change: object = {}) => post("/v1/listeners", { ...NEW, ...change }, admin.headers);
const put = (listener: string, listens: object[], headers = admin.headers as HeadersInit) =>
  request(`/v1/listeners/${listener}/listens`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ listens }),
  });
const history = (profile: ListenerProfile) =>
  profile.history.map(({ track, plays }) => [track.id, plays]);

describe("GET /v1/listeners", () => {
  it("lists the listeners in the catalogue's order with their totals", async () => {
    const response = await request("/v1/listeners");
    const { listeners, nextCursor } = ListenerPage.parse(await response.json());
    expect(nextCursor).toBeNull();
    expect(listeners).toEqual([
      { id: "zoe", name: "Zoë", taste: "Calm.", tracks: 2, plays: 9 },
      { id: "abel", name: "Abel", taste: "Loud.", tracks: 1, plays: 1 },
    ]);
  });

  it("returns pages", async () => {
    const page = async (query: string) =>
      ListenerPage.parse(await (await request(`/v1/listeners?limit=1${query}`)).json());
    const first = await page("");
    const second = await page(`&cursor=${first.nextCursor}`);
    expect([first, second].map(({ listeners }) => listeners.map(({ id }) => id))).toEqual([
      ["zoe"],
      ["abel"],
    ]);
    expect(second.nextCursor).toBeNull();
    const wrong = await request("/v1/listeners?cursor=InpvZSI");
    expect(await problemOf(wrong)).toMatchObject({ status: 400, fields: ["cursor"] });
  });

  it("returns 304 for a current copy", async () => {
    const first = await request("/v1/listeners");
    const etag = first.headers.get("ETag")!;
    const second = await request("/v1/listeners", { headers: { "If-None-Match": etag } });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe("");
  });

  it("can be read by pages of other origins", async () => {
    const response = await request("/v1/listeners");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });
});

describe("GET /v1/listeners/{listener}", () => {
  it("returns the history by descending play count, and the active model", async () => {
    const response = await request("/v1/listeners/zoe");
    const profile = ListenerProfile.parse(await response.json());
    expect(profile.history.map(({ plays, track }) => [track.id, plays])).toEqual([
      ["bravo", 7],
      ["alpha", 2],
    ]);
    expect(profile.model?.id).toBe("model-zoe");
  });

  it("returns texts of the catalogue unchanged", async () => {
    const response = await request("/v1/listeners/abel");
    const { history } = ListenerProfile.parse(await response.json());
    expect(history[0]?.track).toMatchObject({
      title: `The "charlie" o'clock`,
      artist: "Robert'); DROP TABLE tracks;--",
      origin: "music-of-tests, music-of-tests_1_all.deb",
      tags: ["calm"],
      stems: [],
    });
  });

  it.each([
    ["/v1/listeners/nemo", 404, "/problems/unknown-listener", []],
    ["/v1/listeners/No%20Body", 400, "/problems/bad-request", ["listener"]],
    [`/v1/listeners/${"x".repeat(65)}`, 400, "/problems/bad-request", ["listener"]],
    ["/v1/listeners?all=1", 400, "/problems/bad-request", ["all"]],
    ["/v1/listeners/zoe?verbose=true", 400, "/problems/bad-request", ["verbose"]],
    ["/v1/nothing", 404, "/problems/route-not-found", []],
  ])("returns for %s status %i", async (path, status, type, fields) => {
    const problem = await problemOf(await request(path));
    expect(problem).toMatchObject({ status, type, fields });
  });

  it.each(["POST", "PUT", "PATCH"])(
    "returns 405 for %s with the allowed methods",
    async (method) => {
      const response = await request("/v1/listeners/zoe", { method });
      expect(response.headers.get("Allow")).toBe("GET, HEAD, DELETE");
      expect(await problemOf(response)).toMatchObject({ status: 405 });
    },
  );
});

describe("POST /v1/listeners", () => {
  it("adds a listener with its history, once", async () => {
    const response = await add();
    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe("/v1/listeners/fresh-1");
    const profile = ListenerProfile.parse(await response.json());
    expect(profile).toMatchObject({
      id: "fresh-1",
      name: "Fresh",
      tracks: 2,
      plays: 4,
      model: null,
    });
    expect(history(profile)).toEqual([
      ["alpha", 3],
      ["delta", 1],
    ]);
    const again = await problemOf(await add({ listens: [{ track: "bravo" }] }));
    expect(again).toMatchObject({ status: 409, type: "/problems/listener-exists" });
    const stored = ListenerProfile.parse(await (await request("/v1/listeners/fresh-1")).json());
    expect(history(stored)).toEqual(history(profile));
  });

  it.each([
    [{ listens: [{ track: "omega" }] }, 404, "/problems/unknown-track"],
    [{ listens: [{ track: "alpha" }, { track: "alpha" }] }, 400, "/problems/bad-request"],
    [{ listens: [{ track: "alpha", plays: 0 }] }, 400, "/problems/bad-request"],
    [{ id: "No Slug" }, 400, "/problems/bad-request"],
    [{ name: " " }, 400, "/problems/bad-request"],
  ])("rejects %j with %i", async (change, status, type) => {
    const id = "fresh-2";
    expect(await problemOf(await add({ id, ...change }))).toMatchObject({ status, type });
    expect((await request(`/v1/listeners/${id}`)).status).toBe(404);
  });
});

describe("PUT /v1/listeners/{listener}/listens", () => {
  it("replaces the whole history", async () => {
    await add({ id: "fresh-3" });
    const response = await put("fresh-3", [{ track: "alpha", plays: 9 }, { track: "bravo" }]);
    expect(response.status).toBe(200);
    expect(history(ListenerProfile.parse(await response.json()))).toEqual([
      ["alpha", 9],
      ["bravo", 1],
    ]);
    expect((await put("fresh-3", [])).status).toBe(200);
    expect((await put("fresh-3", [{ track: "omega" }])).status).toBe(404);
    expect((await put("nemo", [])).status).toBe(404);
  });

  it("requires the scope admin for public listeners", async () => {
    const reader = await makeKey(["read", "upload"]);
    expect((await put("zoe", [], {})).status).toBe(401);
    expect((await put("zoe", [], reader.headers)).status).toBe(403);
  });
});

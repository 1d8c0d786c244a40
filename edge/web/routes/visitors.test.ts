import {
  createExecutionContext,
  createScheduledController,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { TrackDetail } from "@lemons/shared/contract/track";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../app.ts";
import worker from "../../index.ts";
import { seed } from "../../test/catalogue.ts";
import {
  buildWell,
  explainWell,
  poolWell,
  probeWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import {
  arrive,
  FROM_HERE,
  songBytes,
  type TestVisitor,
  uploadFromPage,
  visitorOf,
  visitorsKnown,
} from "../../test/visitors.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_CLEANING_TURNS = 100;
const as = (visitor: TestVisitor | null, path: string, method = "GET") =>
  request(path, { method, headers: visitor?.headers ?? {} });
const statusOf = async (asked: Promise<Response>) => {
  const response = await asked;
  await response.bytes();
  return response.status;
};
const explain = (visitor: TestVisitor, track: string) =>
  post(
    "/v1/explanations",
    { listener: "zoe", track, type: "time+source", segments: 2 },
    { ...visitor.headers, Prefer: "wait=20" },
  );

vi.setConfig({ testTimeout: 30_000 });
beforeAll(() => seed());
beforeEach(() => {
  standInForGpuWorker({
    features: poolWell,
    probe: probeWell,
    table: buildWell,
    explain: explainWell,
    render: renderWell,
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("a visitor without a key", () => {
  it("uploads from a page of this origin, and gets a cookie that scripts can't read", async () => {
    const response = await uploadFromPage(songBytes());
    expect(response.status).toBe(201);
    const cookie = response.headers.get("Set-Cookie")!;
    expect(cookie).toMatch(
      /^lemons-visitor=[0-9a-f]{16}\.\d{10}\.[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    const expires = new Date(/Expires=([^;]+)/.exec(cookie)![1]!).getTime() - Date.now();
    expect(expires).toBeGreaterThan(DAY_MS - 60_000);
    expect(expires).toBeLessThanOrEqual(DAY_MS);
    const visitor = visitorOf(response);
    const { id } = TrackDetail.parse(await response.json());
    const mine = await as(visitor, "/v1/tracks?mine=true");
    expect(mine.headers.get("Cache-Control")).toBe("private, no-store");
    expect(await mine.json()).toMatchObject({ tracks: [{ id, title: "My song" }] });
  });

  it("gets a Secure cookie if the service is https", async () => {
    const context = createExecutionContext();
    const secure = { ...env, PUBLIC_ORIGIN: "https://lemons.test" };
    const asked = new Request("https://lemons.test/v1/tracks", {
      method: "POST",
      headers: { ...FROM_HERE, Prefer: "wait=20", "CF-Connecting-IP": "10.9.9.9" },
      body: songBytes(),
    });
    const response = await app.fetch(asked, secure, context);
    await response.text();
    await waitOnExecutionContext(context);
    expect(response.headers.get("Set-Cookie")).toMatch(/^__Host-lemons-visitor=.*; Secure/);
  });

  it("explains a song, with progress, audio and table, and sees it in later visits", async () => {
    const visitor = await arrive();
    const explained = await explain(visitor, visitor.track);
    expect(explained.status).toBe(200);
    const { id } = await explained.json<{ id: string }>();
    for (const path of [
      `/v1/tracks/${visitor.track}`,
      `/v1/tracks/${visitor.track}/audio`,
      `/v1/explanations/${id}`,
      `/v1/explanations/${id}/table`,
      `/v1/jobs/${id}`,
    ]) {
      expect([path, await statusOf(as(visitor, path))]).toEqual([path, 200]);
    }
    const events = await as(visitor, `/v1/explanations/${id}/events`);
    expect(events.status).toBe(200);
    await events.body?.cancel();
  });

  it("keeps the id with the next song, and gets a later expiry", async () => {
    const first = await arrive();
    const response = await uploadFromPage(songBytes(), first.headers);
    const second = TrackDetail.parse(await response.json());
    const [before, after] = [first.cookie, visitorOf(response).cookie].map(
      (cookie) => /=([0-9a-f]{16})\./.exec(cookie)![1],
    );
    expect(after).toBe(before);
    const { tracks } = await (
      await as(visitorOf(response), "/v1/tracks?mine=true&limit=100")
    ).json<{
      tracks: { id: string }[];
    }>();
    expect(tracks.map(({ id }) => id).sort()).toEqual([first.track, second.id].sort());
  });

  it("sees no other visitor's or key's things, and they don't see the visitor's (OWASP API1)", async () => {
    const bytes = songBytes();
    const [mine, theirs] = [await arrive(bytes), await arrive(bytes)];
    expect(mine.track).not.toBe(theirs.track);
    const { id } = await (await explain(mine, mine.track)).json<{ id: string }>();
    const key = await makeKey(["read", "explain", "upload"]);
    const paths = [
      `/v1/tracks/${mine.track}`,
      `/v1/tracks/${mine.track}/audio`,
      `/v1/explanations/${id}`,
      `/v1/explanations/${id}/events`,
      `/v1/explanations/${id}/audio/top-1`,
      `/v1/explanations/${id}/stems/drums`,
      `/v1/explanations/${id}/table`,
      `/v1/jobs/${id}`,
    ];
    for (const path of paths) {
      for (const stranger of [theirs, null]) {
        expect([path, await statusOf(as(stranger, path))]).toEqual([path, 404]);
      }
      const byKey = await request(path, { headers: { ...mine.headers, ...key.headers } });
      expect([path, (await problemOf(byKey)).status], "a key overrides the cookie").toEqual([
        path,
        404,
      ]);
    }
    expect(await statusOf(explain(theirs, mine.track))).toBe(404);
    expect(await statusOf(as(theirs, `/v1/tracks/${mine.track}`, "DELETE"))).toBe(404);
    expect(await statusOf(as(mine, `/v1/tracks/${mine.track}`, "DELETE"))).toBe(200);
    expect(await statusOf(as(mine, `/v1/explanations/${id}`))).toBe(404);
    expect(await statusOf(as(theirs, `/v1/tracks/${theirs.track}/audio`))).toBe(200);
  });

  it.each<[string, (cookie: string) => string]>([
    ["of another visitor's id", (c) => c.replace(/=[0-9a-f]{16}/, `=${"0".repeat(16)}`)],
    ["that is to last longer", (c) => c.replace(/\.\d{10}\./, ".9999999999.")],
    ["with no signature", (c) => c.replace(/\.[^.]*$/, "")],
    ["of nonsense", () => "lemons-visitor=%ff%00"],
  ])("is rejected with a cookie %s", async (_what, forge) => {
    const visitor = await arrive();
    const forged = { Cookie: forge(visitor.cookie), ...FROM_HERE };
    expect(forged.Cookie).not.toBe(visitor.cookie);
    const answer = request(`/v1/tracks/${visitor.track}`, { headers: forged });
    expect(await statusOf(answer)).toBe(404);
  });

  it("is anonymous after the expiry", async () => {
    const visitor = await arrive();
    const { id } = await (await explain(visitor, visitor.track)).json<{ id: string }>();
    vi.useFakeTimers({ now: Date.now() + DAY_MS + 1000, toFake: ["Date"] });
    try {
      expect(await statusOf(as(visitor, `/v1/explanations/${id}`))).toBe(404);
    } finally {
      vi.useRealTimers();
    }
    expect(await statusOf(as(visitor, `/v1/explanations/${id}`))).toBe(200);
  });

  it.each([
    ["another site's page", { "Sec-Fetch-Site": "cross-site" }],
    ["a page on another port or subdomain", { "Sec-Fetch-Site": "same-site" }],
    ["another origin, by an older browser", { Origin: "http://elsewhere.test" }],
    ["a sandboxed page, by an older browser", { Origin: "null" }],
    ["no page at all", {}],
  ])("is ignored in a write from %s (CSRF)", async (_from, from) => {
    const visitor = await arrive();
    const sent = { Cookie: visitor.cookie, ...from } as Record<string, string>;
    const before = await visitorsKnown();
    const uploaded = await request("/v1/tracks", {
      method: "POST",
      headers: sent,
      body: songBytes(),
    });
    expect(await problemOf(uploaded)).toMatchObject({ status: 401, type: "/problems/key-needed" });
    expect(uploaded.headers.get("Set-Cookie")).toBeNull();
    const removed = await request(`/v1/tracks/${visitor.track}`, {
      method: "DELETE",
      headers: sent,
    });
    expect((await problemOf(removed)).status).toBe(401);
    expect(await visitorsKnown()).toBe(before);
    expect(await statusOf(as(visitor, `/v1/tracks/${visitor.track}`))).toBe(200);
  });

  it("is recognized by Origin in requests of older browsers", async () => {
    const visitor = await arrive();
    const headers = { Cookie: visitor.cookie, Origin: "http://lemons.test" };
    const removed = request(`/v1/tracks/${visitor.track}`, { method: "DELETE", headers });
    expect(await statusOf(removed)).toBe(200);
  });

  it("can't use routes that need a key", async () => {
    const visitor = await arrive();
    const body = { listener: "zoe", track: visitor.track, type: "time" };
    const hooked = await post(
      "/v1/explanations",
      { ...body, webhook: "https://hooks.example.com/" },
      visitor.headers,
    );
    expect((await problemOf(hooked)).status).toBe(401);
    for (const [path, method] of [
      ["/v1/webhooks/secret", "GET"],
      ["/v1/usage", "GET"],
      ["/v1/listeners", "POST"],
    ] as const) {
      expect([path, await statusOf(as(visitor, path, method))]).toEqual([path, 401]);
    }
  });

  it("needs a key if visitors aren't allowed, even with a cookie", async () => {
    const visitor = await arrive();
    const closed = { ...env, VISITOR_UPLOADS: "refused" };
    const ask = (path: string, init: RequestInit) =>
      app.fetch(new Request(`http://lemons.test${path}`, init), closed, createExecutionContext());
    const { headers } = visitor;
    const uploaded = await ask("/v1/tracks", { method: "POST", headers, body: songBytes() });
    expect(await problemOf(uploaded)).toMatchObject({ status: 401, type: "/problems/key-needed" });
    expect((await ask(`/v1/tracks/${visitor.track}`, { headers })).status).toBe(404);
  });
});

describe("the limits of visitors", () => {
  it("charge the budget of the address, however often a visitor starts over", async () => {
    const address = { "CF-Connecting-IP": "10.8.8.8" };
    const closed = { ...env, ANONYMOUS_SECONDS_PER_DAY: "25" };
    const arriveThere = async () => {
      const context = createExecutionContext();
      const asked = new Request("http://lemons.test/v1/tracks", {
        method: "POST",
        headers: { ...FROM_HERE, ...address, Prefer: "respond-async" },
        body: songBytes(),
      });
      const response = await app.fetch(asked, closed, context);
      await response.text();
      return response;
    };
    standInForGpuWorker({ probe: () => new Promise(() => {}) });
    const before = await visitorsKnown();
    const answers = [await arriveThere(), await arriveThere(), await arriveThere()];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(answers[2]!.headers.get("Retry-After")).toMatch(/^\d+$/);
    expect(await visitorsKnown(), "visitors without budget are not stored").toBe(before + 2);
  });

  it("share storage within a network, and among all visitors", async () => {
    const { DB } = env;
    const address = { "CF-Connecting-IP": "10.7.7.7" };
    const first = await arrive(songBytes(), address);
    const stored = (bytes: number) =>
      DB.prepare("UPDATE uploads SET bytes = ? WHERE id = ?").bind(bytes, first.track).run();
    await stored(99_999_950);
    expect(await problemOf(await uploadFromPage(songBytes(), address))).toMatchObject({
      status: 403,
      type: "/problems/storage-full",
    });
    expect(await statusOf(uploadFromPage(songBytes())), "another network").toBe(201);
    await stored(1_999_999_950);
    const full = await uploadFromPage(songBytes());
    expect(full.headers.get("Retry-After")).toBe("3600");
    expect(await problemOf(full)).toMatchObject({ status: 503, type: "/problems/visitors-full" });
    const key = await makeKey(["upload", "read"]);
    expect(
      await statusOf(uploadFromPage(songBytes(), key.headers)),
      "a key has its own storage",
    ).toBe(201);
    await stored(100);
  });

  it("remove songs, explanations and the visitor after the expiry", async () => {
    const gone = await arrive();
    const { id } = await (await explain(gone, gone.track)).json<{ id: string }>();
    const key = await makeKey(["read", "explain", "upload"]);
    const kept = await (await uploadFromPage(songBytes(), key.headers)).json<{ id: string }>();
    const strikeAt = (scheduledTime: Date) =>
      worker.scheduled(createScheduledController({ cron: "*/15 * * * *", scheduledTime }), env);
    await strikeAt(new Date(Date.now() + DAY_MS));
    expect(await statusOf(as(gone, `/v1/explanations/${id}`)), "before the expiry").toBe(200);
    // One turn of the clock removes only some visitors.
    for (let turns = 0; turns < MAX_CLEANING_TURNS && (await visitorsKnown()) > 0; turns++) {
      await strikeAt(new Date(Date.now() + DAY_MS + 60 * 60 * 1000));
    }
    expect(await visitorsKnown()).toBe(0);
    expect(await statusOf(as(gone, `/v1/explanations/${id}`))).toBe(404);
    expect((await env.BUCKET.list({ prefix: `explanations/${id}` })).objects).toEqual([]);
    const rows = env.DB.prepare("SELECT count(*) AS n FROM uploads WHERE id = ?").bind(gone.track);
    expect((await rows.first<{ n: number }>())!.n).toBe(0);
    expect(await statusOf(request(`/v1/tracks/${kept.id}`, { headers: key.headers }))).toBe(200);
  });
});

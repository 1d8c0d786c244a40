import { env } from "cloudflare:workers";
import { OEmbed, ShareLink } from "@lemons/shared/contract/sharing";
import { TrackDetail } from "@lemons/shared/contract/track";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import {
  buildWell,
  probeWell,
  renderStemsWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { arrive, songBytes } from "../../test/visitors.ts";

const ORIGIN = "http://lemons.test";
const JSON_ONLY = { headers: { Accept: "application/json" } };
const DAY_SECONDS = 24 * 60 * 60;

/** A private explanation. */
interface Private {
  id: string;
  track: string;
  headers: Record<string, string>;
}

async function explained(headers: Record<string, string>, track: string): Promise<Private> {
  const question = { listener: "zoe", track, type: "time+source", segments: 2 };
  const response = await post("/v1/explanations", question, { ...headers, Prefer: "wait=20" });
  expect(response.status).toBe(200);
  return { ...(await response.json<{ id: string }>()), track, headers };
}

async function ofKey(key: TestKey, bytes = songBytes()): Promise<Private> {
  const response = await request("/v1/tracks", {
    method: "POST",
    headers: { ...key.headers, Prefer: "wait=20" },
    body: bytes,
  });
  return explained(key.headers, TrackDetail.parse(await response.json()).id);
}

async function ofVisitor(): Promise<Private> {
  const visitor = await arrive();
  return explained(visitor.headers, visitor.track);
}

const ask = ({ id, headers }: Private, body: object = {}) =>
  post(`/v1/explanations/${id}/links`, body, headers);
const linkTo = async (own: Private, body: object = {}) =>
  ShareLink.parse(await (await ask(own, body)).json());
const pathOf = (address: string) => address.replace(ORIGIN, "");
/** Returns the status of a request without key and cookie. */
const statusOf = async (path: string) => {
  const response = await request(path, JSON_ONLY);
  await response.bytes();
  return response.status;
};
/** Everything that a player requests, and the pages around it. */
const pathsOf = ({ id, track }: Private, query: string) => [
  `/v1/explanations/${id}?${query}`,
  `/v1/explanations/${id}/table?${query}`,
  `/v1/explanations/${id}/stems/drums?${query}`,
  `/v1/explanations/${id}/audio/top-1?${query}`,
  `/v1/tracks/${track}?explanation=${id}&${query}`,
  `/v1/tracks/${track}/audio?explanation=${id}&${query}`,
  `/embed/${id}?${query}`,
  `/e/${id}?${query}`,
  `/e/${id}/picture.png?${query}`,
];

let key: TestKey;
vi.setConfig({ testTimeout: 30_000 });
beforeAll(async () => {
  await seed();
  key = await makeKey(["read", "explain", "upload"]);
});
beforeEach(() => {
  standInForGpuWorker({
    probe: probeWell,
    table: buildWell,
    render: renderWell,
    stems: renderStemsWell,
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("POST /v1/explanations/{explanation}/links", () => {
  it("creates a link for a week, or for the requested time", async () => {
    const own = await ofKey(key);
    const response = await ask(own);
    expect(response.status).toBe(201);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    const link = ShareLink.parse(await response.json());
    expect(link.frame).toBe(`${ORIGIN}/embed/${own.id}?${link.query}`);
    expect(link.query).toMatch(/^expires=\d{10}&signature=[A-Za-z0-9_-]{43}$/);
    const secondsLeft = (at: string) => (Date.parse(at) - Date.now()) / 1000;
    expect(secondsLeft(link.expiresAt)).toBeCloseTo(7 * DAY_SECONDS, -1.5);
    const short = await linkTo(own, { lifetimeSeconds: 60 });
    expect(secondsLeft(short.expiresAt)).toBeLessThanOrEqual(60);
  });

  it.each([
    { lifetimeSeconds: 59 },
    { lifetimeSeconds: 2_592_001 },
    { lifetimeSeconds: "1 d" },
    { x: 1 },
  ])("refuses %j", async (body) => {
    expect((await problemOf(await ask(await ofKey(key), body))).status).toBe(400);
  });

  it("limits a visitor's link to the time that the song is kept", async () => {
    const link = await linkTo(await ofVisitor(), { lifetimeSeconds: 30 * DAY_SECONDS });
    const seconds = (Date.parse(link.expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(DAY_SECONDS - 60);
    expect(seconds).toBeLessThanOrEqual(DAY_SECONDS);
  });

  it("is only for the owner, and only for private explanations", async () => {
    const own = await ofKey(key);
    const reader = await makeKey(["read", "explain"]);
    const other = await makeKey(["read", "explain", "upload"]);
    const asking = async (headers: Record<string, string>) =>
      (await problemOf(await ask({ ...own, headers }))).status;
    expect(await asking({})).toBe(401);
    expect(await asking(reader.headers)).toBe(403);
    expect(await asking(other.headers)).toBe(404);
    expect(await asking((await arrive()).headers)).toBe(404);
    // A link can't be exchanged for a longer one.
    const { query } = await linkTo(own, { lifetimeSeconds: 60 });
    const again = await post(`/v1/explanations/${own.id}/links?${query}`, {}, other.headers);
    expect((await problemOf(again)).status).toBe(400);
    const open = await explained({}, "alpha");
    expect(await problemOf(await ask({ ...open, headers: key.headers }))).toMatchObject({
      status: 409,
      type: "/problems/not-private",
    });
  });
});

describe("a signed link", () => {
  it("opens one explanation with everything that its player loads, uncached", async () => {
    for (const own of [await ofKey(key), await ofVisitor()]) {
      const { query } = await linkTo(own);
      for (const path of pathsOf(own, query)) {
        const response = await request(path);
        await response.bytes();
        expect([path, response.status]).toEqual([path, 200]);
        expect(response.headers.get("Cache-Control")).toBe("private, no-store");
      }
      for (const path of pathsOf(own, "").map((each) => each.replace(/[?&]$/, ""))) {
        const wanted = path.startsWith("/v1/") ? 404 : 401;
        expect([path, await statusOf(path)]).toEqual([path, wanted]);
      }
    }
  });

  it("opens no other explanation, track or list, and removes nothing", async () => {
    const [own, other] = [await ofKey(key), await ofKey(key)];
    const { query } = await linkTo(own);
    for (const path of pathsOf(other, query)) {
      expect([path, await statusOf(path)]).toEqual([path, 403]);
    }
    const mixed = `/v1/tracks/${other.track}/audio?explanation=${own.id}&${query}`;
    expect(await statusOf(mixed)).toBe(404);
    expect(await statusOf(`/v1/tracks/${own.track}?${query}`)).toBe(404);
    expect(await statusOf(`/v1/tracks?mine=true&${query}`)).toBe(400);
    const removal = await request(`/v1/tracks/${own.track}?explanation=${own.id}&${query}`, {
      method: "DELETE",
    });
    expect((await problemOf(removal)).status).toBe(401);
  });

  it.each<[string, (query: string) => string]>([
    [
      "another signature",
      (q) => q.replace(/signature=./, (s) => (s.endsWith("A") ? "signature=B" : "signature=A")),
    ],
    ["a later expiry", (q) => q.replace(/expires=\d+/, "expires=9999999999")],
  ])("is invalid with %s", async (_what, forge) => {
    const own = await ofKey(key);
    const { query } = await linkTo(own);
    for (const path of pathsOf(own, forge(query))) {
      expect([path, await statusOf(path)]).toEqual([path, 403]);
    }
  });

  it("is invalid if a half is missing", async () => {
    const own = await ofKey(key);
    const { query } = await linkTo(own);
    for (const half of query.split("&")) {
      expect(await statusOf(`/embed/${own.id}?${half}`)).toBe(403);
      expect(await statusOf(`/v1/explanations/${own.id}?${half}`)).toBe(403);
    }
  });

  it("reports its expiry to people and to programs", async () => {
    const own = await ofKey(key);
    const { query, expiresAt } = await linkTo(own, { lifetimeSeconds: 60 });
    vi.useFakeTimers({ now: Date.parse(expiresAt), toFake: ["Date"] });
    for (const path of pathsOf(own, query)) {
      expect([path, (await problemOf(await request(path, JSON_ONLY))).type]).toEqual([
        path,
        "/problems/link-expired",
      ]);
      expect([path, await statusOf(path)]).toEqual([path, 410]);
    }
    const page = await request(`/embed/${own.id}?${query}`, { headers: { Accept: "text/html" } });
    expect(page.status).toBe(410);
    expect(page.headers.get("Content-Type")).toMatch(/^text\/html/);
    const text = await page.text();
    expect(text).toContain("This link has expired");
    // A frame has no room for more.
    expect(text).not.toContain("site-header");
    vi.setSystemTime(Date.parse(expiresAt) - 1);
    expect(await statusOf(`/embed/${own.id}?${query}`)).toBe(200);
  });

  it("ends with the song, and stays invalid if that is uploaded again", async () => {
    const bytes = songBytes();
    const own = await ofKey(key, bytes);
    const { query } = await linkTo(own);
    const remove = () =>
      request(`/v1/tracks/${own.track}`, { method: "DELETE", headers: own.headers });
    expect((await remove()).status).toBe(200);
    for (const path of pathsOf(own, query)) {
      expect([path, await statusOf(path)]).toEqual([path, 404]);
    }
    expect(
      await (
        await request(`/embed/${own.id}?${query}`, { headers: { Accept: "text/html" } })
      ).text(),
    ).toContain("This is no longer available");
    const again = await ofKey(key, bytes);
    expect(again.id).toBe(own.id);
    expect(await statusOf(`/v1/explanations/${own.id}?${query}`)).toBe(403);
    expect((await env.BUCKET.list({ prefix: `explanations/${own.id}/picture` })).objects).toEqual(
      [],
    );
  });

  it("is part of the pages that it opens, which have noindex", async () => {
    const own = await ofKey(key);
    const link = await linkTo(own);
    const escaped = link.query.replace("&", "&amp;");
    const frame = await (await request(`${pathOf(link.frame)}&theme=dark`)).text();
    expect(frame).toContain(`<lemons-player explanation="${own.id}" link="${escaped}"`);
    expect(frame).toContain('content="noindex"');
    expect(frame).not.toContain("canonical");
    const page = await (await request(pathOf(link.page))).text();
    expect(page).toContain(
      `property="og:image" content="${ORIGIN}/e/${own.id}/picture.png?${escaped}"`,
    );
    expect(page).toContain(`name="twitter:player" content="${ORIGIN}/embed/${own.id}?${escaped}"`);
    expect(page).toContain(`link="${escaped}"`);
    expect(page).toContain('name="robots" content="noindex"');
    expect(page).not.toContain("Everything about this track");
  });

  it("doesn't affect public explanations", async () => {
    const open = await explained({}, "bravo");
    const query = `expires=1&signature=${"A".repeat(43)}`;
    expect(await statusOf(`/embed/${open.id}?${query}`)).toBe(200);
    const response = await request(`/v1/explanations/${open.id}?${query}`);
    expect(response.headers.get("Cache-Control")).toMatch(/^public/);
    await response.bytes();
  });
});

describe("GET /oembed of a private explanation", () => {
  const oembed = (url: string) => request(`/oembed?url=${encodeURIComponent(url)}`);

  it("returns 401 without a valid link (oEmbed 1.0, 2.3.4)", async () => {
    const own = await ofKey(key);
    const link = await linkTo(own, { lifetimeSeconds: 60 });
    const forged = link.page.replace(/expires=\d+/, "expires=9999999999");
    for (const url of [`${ORIGIN}/e/${own.id}`, `${ORIGIN}/embed/${own.id}`, forged]) {
      const response = await oembed(url);
      expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer /);
      expect(await problemOf(response)).toMatchObject({
        status: 401,
        type: "/problems/private-explanation",
      });
    }
    vi.useFakeTimers({ now: Date.parse(link.expiresAt) + 1, toFake: ["Date"] });
    expect((await problemOf(await oembed(link.page))).status).toBe(401);
  });

  it("returns a frame with the same link, cached no longer than that is valid", async () => {
    const own = await ofKey(key);
    for (const [lifetimeSeconds, most] of [
      [600, 600],
      [7 * DAY_SECONDS, 3600],
    ] as const) {
      const link = await linkTo(own, { lifetimeSeconds });
      for (const url of [link.page, `${link.frame}&theme=dark`]) {
        const response = await oembed(url);
        expect(response.headers.get("Cache-Control")).toBe("private, no-store");
        const answer = OEmbed.parse(await response.json());
        expect(answer.html).toContain(`<iframe src="${link.frame.replace("&", "&amp;")}"`);
        expect(answer.thumbnail_url).toBe(link.picture);
        expect(answer.cache_age).toBeGreaterThan(most - 30);
        expect(answer.cache_age).toBeLessThanOrEqual(most);
      }
    }
  });
});

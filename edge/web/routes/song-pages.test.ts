import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../app.ts";
import { seed } from "../../test/catalogue.ts";
import {
  buildWell,
  lines,
  poolWell,
  probeWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import {
  arrive,
  songBytes,
  type TestVisitor,
  uploadFromPage,
  visitorOf,
} from "../../test/visitors.ts";

/** Headers of a browser that opens an address or reloads it. */
const OPENED = {
  Accept: "text/html",
  "Sec-Fetch-Site": "none",
  "Sec-Fetch-Mode": "navigate",
  "Sec-Fetch-Dest": "document",
};
const open = (path: string, visitor: TestVisitor | null = null) =>
  request(path, { headers: { ...OPENED, ...(visitor && { Cookie: visitor.cookie }) } });

vi.setConfig({ testTimeout: 30_000 });
beforeAll(() => seed());
beforeEach(() => {
  standInForGpuWorker({ probe: probeWell, table: buildWell, render: renderWell });
});
afterEach(() => vi.unstubAllGlobals());

describe("GET /song", () => {
  it("has a form and a free example, and sets no cookie", async () => {
    const response = await open("/song");
    expect(response.status).toBe(200);
    expect(response.headers.get("Set-Cookie")).toBeNull();
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    const page = await response.text();
    expect(page).toContain('<input type="file" id="song-file"');
    expect(page).toContain('data-example="/v1/tracks/alpha/audio"');
    // Sending the form without the script would lose the file, so the script enables the buttons.
    expect(page).toMatch(/<button type="submit"[^>]* disabled/);
    expect(page).toMatch(/<button type="button" class="link" disabled/);
    expect(page).toMatch(/name="listener" value="zoe" checked/);
    expect(page).not.toContain("Your songs</h2>");
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it("lists the visitor's own songs with their expiry, and no others", async () => {
    const [mine, theirs] = [await arrive(), await arrive()];
    const page = await (await open("/song", mine)).text();
    expect(page).toContain(`/song/${mine.track}/zoe`);
    expect(page).not.toContain(theirs.track);
    const [, until] = /until <time datetime="([^"]+)"/.exec(page)!;
    expect(new Date(until!).getTime()).toBeGreaterThan(Date.now() + 23 * 60 * 60 * 1000);
  });

  it("explains that uploading needs an API key if visitors may not", async () => {
    const closed = { ...env, VISITOR_UPLOADS: "refused" };
    const asked = new Request("http://lemons.test/song", { headers: OPENED });
    const page = await (await app.fetch(asked, closed, createExecutionContext())).text();
    expect(page).toContain("Uploading needs an API key here");
    expect(page).not.toContain("<form");
    expect(page).not.toContain("What happens to it");
  });
});

describe("GET /song/{track}/{listener}", () => {
  it("starts the explanation of a new song, and shows it once it is stored", async () => {
    const visitor = await arrive();
    const path = `/song/${visitor.track}/zoe`;
    const before = await (await open(path, visitor)).text();
    expect(before).toMatch(/<lemons-explanation [^>]*running/);
    expect(before).toContain('aria-current="true"');
    const question = { listener: "zoe", track: visitor.track, type: "time+source" };
    const explained = await post("/v1/explanations", question, {
      ...visitor.headers,
      Prefer: "wait=20",
    });
    const { id } = await explained.json<{ id: string }>();
    const response = await open(path, visitor);
    expect(response.headers.get("Cache-Control")).toBe("private, no-store");
    expect(response.headers.get("Content-Security-Policy")).toContain("'wasm-unsafe-eval'");
    const after = await response.text();
    expect(after).toContain(`<lemons-player explanation="${id}"`);
    expect(after).toContain("My song");
    expect(after).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it("shows the score for each listener after the explanation", async () => {
    const scored = Promise.withResolvers<void>();
    standInForGpuWorker({
      probe: probeWell,
      table: buildWell,
      render: renderWell,
      features: async (asked, call) => {
        await scored.promise;
        return poolWell(asked, call);
      },
    });
    const visitor = await arrive();
    const path = `/song/${visitor.track}/zoe`;
    const before = await (await open(path, visitor)).text();
    expect(before).toContain("follow the explanation");
    expect(before).not.toContain("<lemons-scoring");
    const question = { listener: "zoe", track: visitor.track, type: "time+source" };
    const headers = { ...visitor.headers, Prefer: "wait=20" };
    expect((await post("/v1/explanations", question, headers)).status).toBe(200);
    expect(await (await open(path, visitor)).text()).toMatch(/<lemons-scoring region="listeners">/);
    scored.resolve();
    await vi.waitFor(async () => {
      const page = await (await open(path, visitor)).text();
      expect(page).not.toContain("<lemons-scoring");
      const chips = /<ul class="song-listeners">.*?<\/ul>/s.exec(page)![0];
      expect(chips.match(/class="relevance"/g)).toHaveLength(2);
    }, 10_000);
  });

  it("returns 404 to other visitors and without a cookie (OWASP API1)", async () => {
    const [mine, theirs] = [await arrive(), await arrive()];
    for (const stranger of [theirs, null]) {
      const response = await open(`/song/${mine.track}/zoe`, stranger);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain("Song not found");
      const asked = { headers: { ...(stranger && { Cookie: stranger.cookie }) } };
      const problem = await problemOf(await request(`/song/${mine.track}/zoe`, asked));
      expect(problem).toMatchObject({ status: 404, type: "/problems/unknown-song" });
    }
    expect((await open("/song/alpha/zoe", mine)).status).toBe(404);
    expect((await open("/song/%00/zoe", mine)).status).toBe(404);
    expect((await open(`/song/${mine.track}/nemo`, mine)).status).toBe(404);
    expect((await open(`/song/${mine.track}/zoe?type=colour`, mine)).status).toBe(400);
  });

  it.each([
    ["a link on another origin of the site", { "Sec-Fetch-Dest": "document" }, 200],
    ["a frame on another origin of the site", { "Sec-Fetch-Dest": "iframe" }, 404],
    [
      "a script on another origin of the site",
      { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script" },
      404,
    ],
  ])("opened by %s, returns the right status", async (_by, sent, status) => {
    const visitor = await arrive();
    const response = await request(`/song/${visitor.track}/zoe`, {
      headers: { ...OPENED, "Sec-Fetch-Site": "same-site", ...sent, Cookie: visitor.cookie },
    });
    await response.bytes();
    expect(response.status).toBe(status);
  });

  it("reloads while the song is being decoded", async () => {
    const gate = Promise.withResolvers<void>();
    standInForGpuWorker({
      probe: async (asked, call) => {
        await gate.promise;
        return probeWell(asked, call);
      },
    });
    const response = await uploadFromPage(songBytes(), { Prefer: "respond-async" });
    const visitor = visitorOf(response);
    const { id } = await response.json<{ id: string }>();
    expect(await (await open(`/song/${id}/zoe`, visitor)).text()).toMatch(
      /<lemons-scoring [^>]*region="song"/,
    );
    gate.resolve();
    await vi.waitFor(async () => {
      const page = await (await open(`/song/${id}/zoe`, visitor)).text();
      expect(page).toContain("<lemons-explanation");
    }, 5000);
  });

  it("explains why a song can't be explained", async () => {
    const detail = "The audio lasts 1000 s, <b>at most</b> 900 s can be explained.";
    const problem = { type: "x", title: "x", status: 422, detail };
    standInForGpuWorker({ probe: () => lines([{ kind: "problem", problem }]) });
    const response = await uploadFromPage(songBytes(), { Prefer: "respond-async" });
    const visitor = visitorOf(response);
    const { id } = await response.json<{ id: string }>();
    await vi.waitFor(async () => {
      const page = await (await open(`/song/${id}/zoe`, visitor)).text();
      expect(page).toContain("This song can’t be explained");
      expect(page).toContain("lasts 1000 s, &lt;b&gt;at most");
    }, 5000);
  });
});

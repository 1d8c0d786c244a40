import { env } from "cloudflare:workers";
import { Removal, TrackDetail } from "@lemons/shared/contract/track";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { TEMPORARY_PREFIX } from "../../base/object-keys.ts";
import { seed } from "../../test/catalogue.ts";
import {
  buildSlowly,
  buildWell,
  type Calls,
  explainWell,
  lines,
  probeWell,
  renderWell,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";

let owner: TestKey;
let other: TestKey;
let calls: Calls;
let songs = 0;

/** Returns bytes that look like a WAV file, different each time. */
function song(length = 100): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode("RIFFxxxxWAVE"));
  bytes.set(new TextEncoder().encode(`song ${songs++}`), 12);
  return bytes;
}

const upload = (
  body: BodyInit,
  key: TestKey = owner,
  headers: Record<string, string> = {},
  query = "",
) =>
  request(`/v1/tracks${query}`, {
    method: "POST",
    headers: { ...key.headers, Prefer: "wait=20", ...headers },
    body,
  });
const as = (key: TestKey | null, path: string, method = "GET") =>
  request(path, { method, ...(key === null ? {} : { headers: key.headers }) });
/** Returns the status. Reads the body, because an open one blocks later requests. */
const statusOf = async (asked: Promise<Response>) => {
  const response = await asked;
  await response.bytes();
  return response.status;
};
const typeOf = async (response: Response) => (await problemOf(response)).type;
const keysBelow = async (prefix: string) =>
  (await env.BUCKET.list({ prefix })).objects.map(({ key }) => key);

// Each test computes several explanations, which takes long on slow machines.
vi.setConfig({ testTimeout: 30_000 });

beforeAll(async () => {
  await seed();
  owner = await makeKey(["read", "explain", "upload"]);
  other = await makeKey(["read", "explain", "upload"]);
});
beforeEach(() => {
  calls = standInForGpuWorker({
    probe: probeWell,
    table: buildWell,
    explain: explainWell,
    render: renderWell,
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("POST /v1/tracks", () => {
  it("creates a track that its key sees and plays", async () => {
    const bytes = song();
    const made = await upload(bytes, owner, {}, "?title=My%20song&artist=Me");
    expect(made.status).toBe(201);
    const track = TrackDetail.parse(await made.json());
    expect(track).toMatchObject({ title: "My song", artist: "Me", seconds: 30 });
    expect(track.peaks).toEqual([0.5, 1]);
    expect(made.headers.get("Location")).toBe(`/v1/tracks/${track.id}`);
    expect(made.headers.get("Cache-Control")).toBe("private, no-store");

    const audio = await as(owner, `/v1/tracks/${track.id}/audio`);
    expect(audio.headers.get("Content-Type")).toBe("audio/wav");
    expect(audio.headers.get("Cache-Control")).toBe("private, no-store");
    expect(await audio.bytes()).toEqual(bytes);

    const again = await upload(bytes);
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ id: track.id, title: "My song" });
    const mine = await (await as(owner, "/v1/tracks?mine=true&limit=100")).json<{
      tracks: { id: string }[];
    }>();
    expect(mine.tracks.map(({ id }) => id)).toContain(track.id);
    expect(mine.tracks.map(({ id }) => id)).not.toContain("alpha");
  });

  it("reads a form, with the file before or after the texts", async () => {
    const form = new FormData();
    form.append("audio", new Blob([song()]), "C:\\music\\Ünter dem Zitronenbaum.wav");
    form.append("artist", "Ich");
    const response = await upload(form);
    expect(await response.json()).toMatchObject({ title: "Ünter dem Zitronenbaum", artist: "Ich" });
  });

  it("stores a file larger than it holds in memory", async () => {
    const bytes = song(9 * 1024 * 1024 + 7);
    const response = await upload(bytes);
    expect(response.status).toBe(201);
    const { id } = TrackDetail.parse(await response.json());
    const got = await (await as(owner, `/v1/tracks/${id}/audio`)).bytes();
    expect(got.length === bytes.length && got.every((byte, i) => byte === bytes[i])).toBe(true);
    expect(await keysBelow(TEMPORARY_PREFIX)).toEqual([]);
  }, 20_000);

  it("rejects a too large Content-Length before the body is sent", async () => {
    const announced = await upload(song(), owner, { "Content-Length": "99000000" });
    expect(await problemOf(announced)).toMatchObject({
      status: 413,
      type: "/problems/body-too-large",
    });
  });

  it.each([
    ["no audio", { "Content-Type": "audio/wav" }, "<html>hello</html>", 415],
    ["nothing", { "Content-Type": "audio/wav" }, "", 415],
    ["JSON", { "Content-Type": "application/json" }, "{}", 415],
    ["a form without a boundary", { "Content-Type": "multipart/form-data" }, "x", 415],
    ["a truncated form", { "Content-Type": "multipart/form-data; boundary=b" }, "--b\r\nx", 400],
    [
      "a form without a file",
      { "Content-Type": "multipart/form-data; boundary=b" },
      '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n--b--',
      400,
    ],
    [
      "a form with a part of another name",
      { "Content-Type": "multipart/form-data; boundary=b" },
      '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nx\r\n--b--',
      400,
    ],
  ])("refuses %s", async (_what, headers, body, status) => {
    expect((await problemOf(await upload(body, owner, headers))).status).toBe(status);
  });

  it("requires a key with the scope upload", async () => {
    const response = await request("/v1/tracks", { method: "POST", body: song() });
    expect(await problemOf(response)).toMatchObject({ status: 401, type: "/problems/key-needed" });
    expect(await statusOf(upload(song(), await makeKey(["read", "explain"])))).toBe(403);
  });

  it("stays within the key's storage with simultaneous uploads", async () => {
    const key = await makeKey(["read", "upload"], { storageBytes: 350 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => upload(song(), key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 403, 403, 403]);
    const full = answers.find(({ status }) => status === 403)!;
    expect(await typeOf(full)).toBe("/problems/storage-full");
    const { id } = await answers.find(({ status }) => status === 201)!.json<{ id: string }>();
    expect(await statusOf(as(key, `/v1/tracks/${id}`, "DELETE"))).toBe(200);
    expect(await statusOf(upload(song(), key))).toBe(201);
  });

  it("explains why a file can't be decoded, stores nothing, and retries on request", async () => {
    const problem = { type: "x", title: "x", status: 422, detail: "the wav file is truncated" };
    standInForGpuWorker({ probe: () => lines([{ kind: "problem", problem }]) });
    const bytes = song();
    const response = await upload(bytes);
    const { status, detail } = await problemOf(response);
    expect({ status, detail }).toMatchObject({
      status: 422,
      detail: expect.stringContaining("truncated"),
    });
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    const hex = Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("");
    expect(await keysBelow(`audio/${hex}`)).toEqual([]);
    standInForGpuWorker({ probe: probeWell });
    expect(await statusOf(upload(bytes))).toBe(201);
  });

  it("returns 202 while the file is being decoded", async () => {
    const gate = Promise.withResolvers<void>();
    standInForGpuWorker({
      probe: async (asked, call) => {
        await gate.promise;
        return probeWell(asked, call);
      },
    });
    const response = await upload(song(), owner, { Prefer: "respond-async" });
    expect(response.status).toBe(202);
    const { id, state } = await response.json<{ id: string; state: string }>();
    expect(state).toBe("probing");
    expect(await statusOf(as(owner, `/v1/tracks/${id}`))).toBe(202);
    expect(await statusOf(as(other, `/v1/tracks/${id}`))).toBe(404);
    gate.resolve();
    await vi.waitFor(
      async () => expect(await statusOf(as(owner, `/v1/tracks/${id}`))).toBe(200),
      5000,
    );
  });

  it("honours an Idempotency-Key", async () => {
    const bytes = song();
    const key = { "Idempotency-Key": '"once-7"' };
    const first = await upload(bytes, owner, key);
    const second = await upload(bytes, owner, key);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect((await second.json<{ id: string }>()).id).toBe((await first.json<{ id: string }>()).id);
    expect(await typeOf(await upload(song(), owner, key))).toBe("/problems/idempotency-key-reused");
    // Another key's Idempotency-Key is independent.
    expect(await statusOf(upload(song(), other, key))).toBe(201);
    expect(await statusOf(upload(song(), owner, { "Idempotency-Key": "a b" }))).toBe(400);

    const slow = new TransformStream();
    const writer = slow.writable.getWriter();
    const running = upload(slow.readable, owner, { "Idempotency-Key": "slow" });
    await writer.write(song());
    await vi.waitFor(async () => {
      const begun = env.DB.prepare("SELECT 1 FROM idempotency_keys WHERE key = 'slow'");
      expect(await begun.first()).not.toBeNull();
    });
    const meanwhile = await upload(song(), owner, { "Idempotency-Key": "slow" });
    expect(await problemOf(meanwhile)).toMatchObject({ status: 409 });
    await writer.close();
    expect(await statusOf(running)).toBe(201);
    // A failed request doesn't use the Idempotency-Key up.
    expect(await statusOf(upload("no audio", owner, { "Idempotency-Key": "again" }))).toBe(415);
    expect(await statusOf(upload(song(), owner, { "Idempotency-Key": "again" }))).toBe(201);
  });
});

describe("a private track", () => {
  const explain = (track: string, key: TestKey, change: object = {}) =>
    post(
      "/v1/explanations",
      { listener: "zoe", track, type: "time+source", segments: 2, ...change },
      { ...key.headers, Prefer: "wait=20" },
    );
  const newTrack = async (bytes = song(), key = owner) =>
    TrackDetail.parse(await (await upload(bytes, key)).json()).id;

  it("doesn't exist for other callers: track, audio, explanation and its parts (OWASP API1)", async () => {
    const track = await newTrack();
    const explained = await explain(track, owner);
    expect(explained.status).toBe(200);
    const { id } = await explained.json<{ id: string }>();
    const paths = [
      `/v1/tracks/${track}`,
      `/v1/tracks/${track}/audio`,
      `/v1/explanations/${id}`,
      `/v1/explanations/${id}/events`,
      `/v1/explanations/${id}/audio/top-1`,
      `/v1/explanations/${id}/table`,
      `/v1/jobs/${id}`,
    ];
    for (const path of paths) {
      const mine = await as(owner, path);
      expect([path, mine.status]).toEqual([path, 200]);
      if (!path.endsWith("/events")) {
        expect([path, mine.headers.get("Cache-Control")]).toEqual([
          path,
          path.includes("/jobs/") ? "no-store" : "private, no-store",
        ]);
      }
      await (path.endsWith("/events") ? mine.body?.cancel() : mine.bytes());
      for (const stranger of [other, null, await makeKey(["admin"])]) {
        expect([path, (await problemOf(await as(stranger, path))).status]).toEqual([path, 404]);
      }
    }
    expect(await statusOf(explain(track, other))).toBe(404);
    expect(await statusOf(as(other, `/v1/tracks/${track}`, "DELETE"))).toBe(404);
    const theirs = await (await as(other, "/v1/tracks?limit=100")).text();
    expect(theirs).not.toContain(track);
    const recommended = await as(other, "/v1/listeners/zoe/recommendations");
    expect(await recommended.text()).not.toContain(track);
  });

  it("has its own ids and tables, even for the same bytes", async () => {
    const bytes = song();
    const [mine, theirs] = [await newTrack(bytes, owner), await newTrack(bytes, other)];
    expect(mine).not.toBe(theirs);
    const [a, b] = [await explain(mine, owner), await explain(theirs, other)];
    const ids = [await a.json<{ id: string }>(), await b.json<{ id: string }>()].map(
      ({ id }) => id,
    );
    expect(new Set(ids.map((id) => id.slice(0, 32))).size).toBe(2);
    expect(new Set(calls.table.map(({ id }) => id)).size).toBe(2);
  });

  it("is removed with everything made from it, except bytes of other tracks", async () => {
    const bytes = song();
    const [mine, theirs] = [await newTrack(bytes, owner), await newTrack(bytes, other)];
    const ids: string[] = [];
    for (const type of ["time+source", "time", "source"]) {
      const response = await explain(mine, owner, { type });
      ids.push((await response.json<{ id: string }>()).id);
    }
    await as(owner, `/v1/explanations/${ids[0]}/audio/top-1`).then((r) => r.bytes());
    const kept = await (await explain(theirs, other)).json<{ id: string }>();
    const table = ids[0]!.slice(0, 32);
    expect((await keysBelow(`tables/${table}`)).length).toBe(2);

    const removed = await as(owner, `/v1/tracks/${mine}`, "DELETE");
    expect(Removal.parse(await removed.json())).toEqual({
      track: mine,
      removed: { audio: true, explanations: 3, tables: 1, listens: 0 },
    });
    for (const id of ids) {
      expect(await keysBelow(`explanations/${id}/`)).toEqual([]);
      expect(await statusOf(as(owner, `/v1/jobs/${id}`))).toBe(404);
    }
    expect(await keysBelow(`tables/${table}`)).toEqual([]);
    expect(await statusOf(as(owner, `/v1/tracks/${mine}`))).toBe(404);
    expect(await statusOf(as(owner, `/v1/tracks/${mine}`, "DELETE"))).toBe(404);
    expect(await statusOf(as(other, `/v1/tracks/${theirs}/audio`))).toBe(200);
    expect(await statusOf(as(other, `/v1/explanations/${kept.id}`))).toBe(200);

    const last = await as(other, `/v1/tracks/${theirs}`, "DELETE");
    expect(Removal.parse(await last.json()).removed.audio).toBe(true);
    expect((await newTrack(bytes, owner)).length).toBeGreaterThan(0);
  });

  it("stays removed if it is removed during the computation", async () => {
    const track = await newTrack();
    calls = standInForGpuWorker({ table: buildSlowly(150), render: renderWell });
    const asked = await post(
      "/v1/explanations",
      { listener: "zoe", track, type: "time", segments: 2 },
      owner.headers,
    );
    expect(asked.status).toBe(202);
    const { id } = await asked.json<{ id: string }>();
    await vi.waitFor(() => expect(calls.table.length).toBe(1));
    expect(await statusOf(as(owner, `/v1/tracks/${track}`, "DELETE"))).toBe(200);
    const sent = calls.sent.find(({ path }) => path === "/v1/table")!;
    await vi.waitFor(() => expect(sent.signal?.aborted).toBe(true));
    await vi.waitFor(async () => expect(await statusOf(as(owner, `/v1/jobs/${id}`))).toBe(404));
    expect(await keysBelow(`explanations/${id}/`)).toEqual([]);
    expect(await keysBelow(`tables/${id.slice(0, 32)}.json`)).toEqual([]);
  });

  it("stops being decoded when it is removed", async () => {
    calls = standInForGpuWorker({ probe: () => new Promise<Response>(() => {}) });
    const response = await upload(song(), owner, { Prefer: "respond-async" });
    const { id } = await response.json<{ id: string }>();
    await vi.waitFor(() => expect(calls.probe.map((each) => each.id)).toContain(id));
    const number = calls.probe.findIndex((each) => each.id === id);
    const sent = calls.sent.filter(({ path }) => path === "/v1/probe")[number];
    expect(sent!.signal?.aborted).toBe(false);
    expect(await statusOf(as(owner, `/v1/tracks/${id}`, "DELETE"))).toBe(200);
    await vi.waitFor(() => expect(sent!.signal?.aborted).toBe(true));
  });

  it("can be removed by administrators, unlike tracks of the catalogue", async () => {
    const admin = await makeKey(["admin"]);
    const track = await newTrack();
    expect(await statusOf(as(admin, `/v1/tracks/${track}`, "DELETE"))).toBe(200);
    for (const key of [admin, owner]) {
      expect(await typeOf(await as(key, "/v1/tracks/alpha", "DELETE"))).toBe(
        "/problems/not-an-upload",
      );
    }
    expect(await typeOf(await as(owner, "/v1/tracks/none", "DELETE"))).toBe(
      "/problems/unknown-track",
    );
  });
});

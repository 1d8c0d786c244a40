import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { Job } from "@lemons/shared/contract/job";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { explainSlowly, explainWell, standInForGpuWorker } from "../../test/gpu-worker-stand-in.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { explanationJobOf } from "../../work/explanations/explanation-job.ts";

const NEVER_REQUESTED = `${"0".repeat(32)}-${"1".repeat(32)}`;

const question = (seed: number, more: object = {}) => ({
  listener: "zoe",
  track: "delta",
  type: "time",
  neighbourhood: { kind: "sampled", samples: 64, seed },
  ...more,
});

/** Reads bytes as text without workerd's warning about binary content. */
const textOf = async (response: Response) => new TextDecoder().decode(await response.bytes());

beforeAll(() => seed());
afterEach(() => vi.unstubAllGlobals());

describe("POST /v1/explanations", () => {
  it("returns 202 with the job, and 200 with the explanation once it is stored", async () => {
    standInForGpuWorker({ explain: explainWell });
    const accepted = await post("/v1/explanations", question(1));
    expect(accepted.status).toBe(202);
    const job = Job.parse(await accepted.json());
    expect(job).toMatchObject({ listener: "zoe", track: "delta", attempt: 0 });
    expect(accepted.headers.get("Location")).toBe(`/v1/explanations/${job.id}`);
    expect(accepted.headers.get("Retry-After")).toBe("2");
    await explanationJobOf(env, job.id).settled(5000);

    const done = await post("/v1/explanations", question(1));
    expect(done.status).toBe(200);
    expect(PublishedExplanation.parse(await done.json()).id).toBe(job.id);
  });

  it("waits as long as the caller prefers", async () => {
    standInForGpuWorker({ explain: explainWell });
    const response = await post("/v1/explanations", question(2), { Prefer: "wait=20" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Preference-Applied")).toBe("wait=20");
    expect(await response.json()).toMatchObject({ listener: "zoe", track: "delta", type: "time" });
  });

  it("stops waiting when the time is up", async () => {
    standInForGpuWorker({ explain: explainSlowly(600) });
    const response = await post("/v1/explanations", question(3), { Prefer: "wait=1" });
    expect(response.status).toBe(202);
    const { id } = Job.parse(await response.json());
    await explanationJobOf(env, id).settled(5000);
  });

  it("shares one flight between two callers", async () => {
    const calls = standInForGpuWorker({ explain: explainSlowly(50) });
    const both = await Promise.all(
      [1, 2].map(() => post("/v1/explanations", question(4), { Prefer: "wait=10" })),
    );
    const [first, second] = await Promise.all(both.map((response) => response.json()));
    expect(both.map((response) => response.status)).toEqual([200, 200]);
    expect(first).toEqual(second);
    expect(calls.explain).toHaveLength(1);
  });

  it("sends the worker the true stems of a track, but not its file", async () => {
    const calls = standInForGpuWorker({ explain: explainWell });
    const asked = question(5, { track: "stemmed" });
    const response = await post("/v1/explanations", asked, { Prefer: "wait=10" });
    expect(response.status).toBe(200);
    const [call] = calls.explain;
    expect(call?.separator).toBe("stems");
    expect(Object.keys(call?.sound.stems ?? {})).toEqual(["vocals", "drums"]);
    expect(call?.sound.audio).toBeUndefined();
    expect(calls.sent[0]?.headers.get("X-Request-Id")).toBe(response.headers.get("X-Request-Id"));
    expect(calls.sent[0]?.headers.get("Authorization")).toBe(`Bearer ${env.GPU_WORKER_SECRET}`);
  });

  it("takes a named separator instead of a track's stems", async () => {
    const calls = standInForGpuWorker({ explain: explainWell });
    const asked = question(5, { track: "stemmed", type: "source" });
    const [own, named] = await Promise.all(
      [asked, { ...asked, separator: "dsp" }].map(async (body) => {
        const response = await post("/v1/explanations", body, { Prefer: "wait=10" });
        expect(response.status).toBe(200);
        return PublishedExplanation.parse(await response.json());
      }),
    );
    expect(own?.separation.separator).toBe("stems");
    expect(named?.separation.separator).toBe("dsp");
    expect(named?.id).not.toBe(own?.id);
    expect(calls.explain.map(({ separator }) => separator).sort()).toEqual(["dsp", "stems"]);
  });

  it.each(["spleeter", "stems", "none"])(
    "refuses the separator %s with a list of the installed ones",
    async (separator) => {
      const response = await post("/v1/explanations", question(0, { separator }));
      expect(await response.clone().json()).toMatchObject({
        detail: `separator: must be one of dsp, not "${separator}"`,
      });
      expect(await problemOf(response)).toMatchObject({ status: 400, fields: ["separator"] });
    },
  );

  it.each([
    ["no JSON at all", "{", 400, []],
    ["an array", "[]", 400, ["body"]],
    ["a field too many", JSON.stringify(question(0, { colour: "red" })), 400, ["colour"]],
    ["a type that is none", JSON.stringify(question(0, { type: "notes" })), 400, ["type"]],
    ["a number as text", JSON.stringify(question(0, { segments: "5" })), 400, ["segments"]],
    [
      "too many samples",
      JSON.stringify(question(0, { neighbourhood: { kind: "sampled", samples: 8193 } })),
      400,
      ["neighbourhood.samples"],
    ],
    ["a malformed id", JSON.stringify(question(0, { listener: "../zoe" })), 400, ["listener"]],
    ["an unknown listener", JSON.stringify(question(0, { listener: "nemo" })), 404, []],
    ["an unknown track", JSON.stringify(question(0, { track: "nothing" })), 404, []],
    ["a body that is too large", JSON.stringify({ x: "x".repeat(20_000) }), 413, []],
  ])("refuses %s", async (_what, body, status, fields) => {
    const headers = { "Content-Type": "application/json" };
    const response = await request("/v1/explanations", { method: "POST", headers, body });
    const problem = await problemOf(response);
    expect(problem.status).toBe(status);
    if (fields.length > 0) expect(problem.fields).toEqual(fields);
  });

  it.each([
    ["text/plain", "{}"],
    ["application/x-www-form-urlencoded", "listener=zoe"],
  ])("refuses %s", async (type, body) => {
    const headers = { "Content-Type": type };
    const response = await request("/v1/explanations", { method: "POST", headers, body });
    expect(await problemOf(response)).toMatchObject({ status: 415 });
  });

  it("refuses a query", async () => {
    const problem = await problemOf(await post("/v1/explanations?dry=1", question(0)));
    expect(problem).toMatchObject({ status: 400, fields: ["dry"] });
  });

  it("is forbidden for keyless pages of other origins in the preflight", async () => {
    const response = await request("/v1/explanations", {
      method: "OPTIONS",
      headers: {
        Origin: "https://elsewhere.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
      },
    });
    expect(response.headers.get("Access-Control-Allow-Headers")?.toLowerCase()).not.toContain(
      "content-type",
    );
  });
});

describe("GET /v1/explanations/{explanation}", () => {
  it("is immutable, and returns 304 for a current copy", async () => {
    standInForGpuWorker({ explain: explainWell });
    const posted = await post("/v1/explanations", question(10), { Prefer: "wait=10" });
    const { id } = await posted.json<PublishedExplanation>();
    const response = await request(`/v1/explanations/${id}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    const explanation = PublishedExplanation.parse(await response.json());
    expect(explanation).toMatchObject({ id, relevance: 0.75 });
    expect(explanation).not.toHaveProperty("masks");

    const etag = response.headers.get("ETag")!;
    const again = await request(`/v1/explanations/${id}`, { headers: { "If-None-Match": etag } });
    expect(again.status).toBe(304);
    expect(again.headers.get("ETag")).toBe(etag);
  });

  it.each(["", "/events", "/audio/top-1"])(
    "returns 404 for an unknown explanation: %s",
    async (rest) => {
      const problem = await problemOf(await request(`/v1/explanations/${NEVER_REQUESTED}${rest}`));
      expect(problem).toMatchObject({ status: 404, type: "/problems/unknown-explanation" });
    },
  );

  it.each([
    ["/v1/explanations/abc", "explanation"],
    [`/v1/explanations/${NEVER_REQUESTED.toUpperCase()}x`, "explanation"],
    [`/v1/explanations/${NEVER_REQUESTED}/audio/top-2`, "highlight"],
    ["/v1/jobs/abc", "job"],
  ])("names the malformed parameter of %s", async (path, field) => {
    expect(await problemOf(await request(path))).toMatchObject({ status: 400, fields: [field] });
  });
});

describe("GET /v1/explanations/{explanation}/audio/{highlight}", () => {
  it("sends a highlight, whole and in ranges, and 404 if there is none", async () => {
    standInForGpuWorker({ explain: explainWell });
    const posted = await post("/v1/explanations", question(20), { Prefer: "wait=10" });
    const { id } = await posted.json<PublishedExplanation>();
    const byFile = await request(`/v1/explanations/${id}/audio/top-1.mp3`, { method: "HEAD" });
    expect(byFile.status).toBe(200);
    const whole = await request(`/v1/explanations/${id}/audio/top-1`);
    expect(whole.headers.get("Content-Type")).toBe("audio/mpeg");
    expect(await textOf(whole)).toBe("as good as an mp3 file");
    const part = await request(`/v1/explanations/${id}/audio/top-1`, {
      headers: { Range: "bytes=3-6" },
    });
    expect(part.status).toBe(206);
    expect(await textOf(part)).toBe("good");
    const none = await problemOf(await request(`/v1/explanations/${id}/audio/top-3`));
    expect(none).toMatchObject({ status: 404, type: "/problems/missing-highlight" });
  });

  it("returns 503 before the explanation is stored", async () => {
    standInForGpuWorker({});
    const { id } = await (await post("/v1/explanations", question(21))).json<Job>();
    await env.BUCKET.put(`explanations/${id}/top-1.mp3`, "half of it");
    const response = await request(`/v1/explanations/${id}/audio/top-1`);
    expect(await problemOf(response)).toMatchObject({ status: 503 });
    standInForGpuWorker({ explain: explainWell });
    await runDurableObjectAlarm(explanationJobOf(env, id));
  });
});

describe("GET /v1/jobs/{job}", () => {
  it("returns the job, and reports a forgotten job as done", async () => {
    standInForGpuWorker({ explain: explainWell });
    const posted = await post("/v1/explanations", question(30), { Prefer: "wait=10" });
    const explanation = await posted.json<PublishedExplanation>();
    const job = Job.parse(await (await request(`/v1/jobs/${explanation.id}`)).json());
    expect(job).toMatchObject({ state: "done", attempt: 1, relevance: 0.75, reason: null });

    const orphan = { ...explanation, id: `${"a".repeat(32)}-${"b".repeat(32)}` };
    await env.BUCKET.put(`explanations/${orphan.id}/explanation.json`, JSON.stringify(orphan));
    const done = Job.parse(await (await request(`/v1/jobs/${orphan.id}`)).json());
    expect(done).toMatchObject({ state: "done", attempt: 0, relevance: 0.75 });
  });
});

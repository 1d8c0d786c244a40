import { WorkerHealth } from "@lemons/shared/contract/gpu-worker";
import { Problem } from "@lemons/shared/contract/problem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRET, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

const MISBEHAVING = new URL(
  "../engine/compute/node/fixtures/misbehaving-thread.ts",
  import.meta.url,
);

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture({}, { compute: { thread: MISBEHAVING } });
});
afterAll(() => fixture.close());

/** The problem details of an answer that has to be some. */
async function problemIn(response: Response): Promise<Problem> {
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.instance).toBe(response.headers.get("X-Request-Id"));
  return problem;
}

describe("GET /healthz", () => {
  it("needs no bearer token", async () => {
    const response = await fetch(`${fixture.service.url}/healthz`);
    expect(response.status).toBe(200);
    expect(WorkerHealth.parse(await response.json())).toMatchObject({
      status: "ok",
      provider: "cpu",
      running: 0,
      waiting: 0,
    });
  });
});

describe("a request without the secret", () => {
  it.each([
    ["no token", {}],
    ["another token", { Authorization: `Bearer ${SECRET}x` }],
    ["a shorter token", { Authorization: `Bearer ${SECRET.slice(1)}` }],
    ["another scheme", { Authorization: `Basic ${SECRET}` }],
    ["an empty token", { Authorization: "Bearer " }],
  ])("gets 401: %s", async (_what, headers) => {
    const response = await fixture.post("/v1/explain", fixture.explainBody("1"), { headers });
    expect((await problemIn(response)).type).toBe("/problems/unauthorized");
    expect(response.status).toBe(401);
    expect(response.headers.get("WWW-Authenticate")).toContain("Bearer");
  });
});

describe("a request body", () => {
  it("may have no unknown field at any depth", async () => {
    const body = fixture.explainBody("1", {
      sound: { audio: fixture.audio, volume: 11 },
      extra: 1,
    });
    const problem = await problemIn(await fixture.post("/v1/explain", body));
    expect(problem.status).toBe(400);
    expect(problem.errors?.map(({ field }) => field).sort()).toEqual(["extra", "sound.volume"]);
  });

  it("gets 400 that names every wrong field", async () => {
    const body = { ...fixture.explainBody("1"), id: "nonsense", separator: "magic" };
    const problem = await problemIn(await fixture.post("/v1/explain", body));
    expect(problem.errors?.map(({ field }) => field)).toEqual(["id", "separator"]);
  });

  it.each(["", "{", "null", "[]", '"text"'])("must be an object, not %s", async (text) => {
    const problem = await problemIn(await fixture.post("/v1/score", text));
    expect(problem.type).toBe("/problems/request-invalid");
  });

  it("may link to allowed origins only", async () => {
    const { sha256 } = fixture.audio;
    const body = {
      models: [{ ...fixture.model, url: "https://elsewhere.example/model.onnx" }],
      tracks: [
        {
          id: "track",
          sound: { stems: { drums: { url: "http://169.254.169.254/latest", sha256 } } },
        },
      ],
    };
    const problem = await problemIn(await fixture.post("/v1/score", body));
    expect(problem.type).toBe("/problems/link-refused");
    expect(problem.errors?.map(({ field }) => field)).toEqual([
      "models.0.url",
      "tracks.0.sound.stems.drums.url",
    ]);
  });

  it("may not be larger than a megabyte, chunked or not", async () => {
    const text = `{"id":"${"x".repeat(1024 * 1024)}"}`;
    const whole = await problemIn(await fixture.post("/v1/explain", text));
    expect(whole.status).toBe(413);
    const stream = new Blob([text]).stream();
    const headers = { Authorization: `Bearer ${SECRET}` };
    // `duplex` is Node's, and not in the type.
    const init = { method: "POST", headers, body: stream, duplex: "half" } as RequestInit;
    const chunked = await fetch(`${fixture.service.url}/v1/explain`, init);
    expect((await problemIn(chunked)).status).toBe(413);
  });
});

describe("a request", () => {
  it("gets 404 and the list of endpoints for an unknown path", async () => {
    const response = await fetch(`${fixture.service.url}/elsewhere`);
    const { status, detail } = await problemIn(response);
    expect(status).toBe(404);
    expect(detail).toBe(
      "The worker answers GET /healthz and POST /v1/score, /v1/features, /v1/inspect, /v1/explain, /v1/table, /v1/render, /v1/stems, /v1/probe.",
    );
  });

  it("gets a new id if its own is malformed", async () => {
    const response = await fetch(`${fixture.service.url}/healthz`, {
      headers: { "X-Request-Id": 'evil" id' },
    });
    expect(response.headers.get("X-Request-Id")).toMatch(/^[\w-]{36}$/);
  });

  it("that kills the compute thread fails alone", async () => {
    const response = await fixture.post("/v1/explain", fixture.explainBody("2"));
    const lines = (await response.text()).trim().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      kind: "problem",
      problem: { type: "/problems/compute-lost", status: 500 },
    });
    expect((await fetch(`${fixture.service.url}/healthz`)).status).toBe(200);
    const again = await fixture.post("/v1/explain", fixture.explainBody("3"));
    expect(await again.text()).toContain("/problems/compute-lost");
  });
});

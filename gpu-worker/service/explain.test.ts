import { WorkerExplainLine, WorkerHealth } from "@lemons/shared/contract/gpu-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../engine/audio/decode.ts";
import {
  allLines,
  linesOf,
  SECRET,
  type ServiceFixture,
  startServiceFixture,
  until,
} from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture();
});
afterAll(() => fixture.close());

const health = async () =>
  WorkerHealth.parse(await (await fetch(`${fixture.service.url}/healthz`)).json());

describe("POST /v1/explain", () => {
  it("streams progress, stores the highlights and ends with the explanation", async () => {
    const audio = await fixture.addNewAudio();
    const body = fixture.explainBody("1", { sound: { audio } });
    const response = await fixture.post("/v1/explain", body);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/x-ndjson");
    const lines = await allLines(response);
    for (const line of lines) WorkerExplainLine.parse(line);
    const last = lines.at(-1)!;
    expect(lines.filter(({ kind }) => kind === "result" || kind === "problem")).toEqual([last]);
    const explanation = last.explanation!;
    expect(explanation.components).toHaveLength(5);
    expect(explanation.audio.sha256).toBe(audio.sha256);
    expect(explanation.model).toEqual({
      id: "fixture",
      version: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const relevance = lines.find(({ kind }) => kind === "relevance")!;
    expect(relevance.relevance).toBeCloseTo(explanation.relevance, 12);
    const phases = new Set(lines.flatMap(({ progress }) => (progress ? [progress.phase] : [])));
    for (const phase of ["fetching", "decoding", "scoring", "fitting"]) {
      expect(phases).toContain(phase);
    }
    expect(explanation.highlights.every(({ file }) => file)).toBe(true);
    const named = explanation.highlights.flatMap(({ file }) => file ?? []);
    const puts = [...fixture.store.puts].filter(([path]) => path.startsWith("/1/"));
    expect(puts.map(([path]) => path).sort()).toEqual(named.map((file) => `/1/${file}`).sort());
    for (const [, { bytes, headers }] of puts) {
      expect(headers["content-type"]).toBe("audio/mpeg");
      expect((await decodeAudio(bytes)).channels[0]!.some((x) => Math.abs(x) > 1e-3)).toBe(true);
    }
  });

  it("evaluates every mask on request, and reports the table in hundredths", async () => {
    const question = { type: "time+source", segments: 2, neighbourhood: { kind: "exhaustive" } };
    const body = fixture.explainBody("9", { question, outputs: {} });
    const lines = await allLines(await fixture.post("/v1/explain", body));
    for (const line of lines) WorkerExplainLine.parse(line);
    const scoring = lines.flatMap(({ progress }) =>
      progress?.phase === "scoring" ? [progress] : [],
    );
    expect(scoring.every(({ total }) => total === 100)).toBe(true);
    expect(scoring.map(({ done }) => done)).toEqual(
      scoring.map(({ done }) => done).toSorted((a, b) => a - b),
    );
    const explanation = lines.at(-1)!.explanation!;
    expect(explanation).toMatchObject({
      neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
      engine: { kind: "table", blocks: 5 },
    });
    // Without links for highlights they are named, not rendered.
    expect(explanation.highlights.map(({ audio }) => audio)).toEqual([null, null]);
    const relevance = lines.find(({ kind }) => kind === "relevance")!;
    expect(relevance.relevance).toBeCloseTo(explanation.relevance, 6);
  });

  it("sends heartbeats while a forward pass blocks the compute thread", async () => {
    const body = fixture.explainBody("2", {
      question: { type: "time", neighbourhood: { kind: "sampled", samples: 24, seed: 3 } },
    });
    const kinds: string[] = [];
    for await (const line of linesOf(await fixture.post("/v1/explain", body))) {
      kinds.push(line.progress?.phase ?? line.kind);
    }
    const scoring = kinds.slice(kinds.indexOf("scoring"), kinds.lastIndexOf("scoring"));
    expect(scoring).toContain("heartbeat");
  });

  it("joins the running job of the same id", async () => {
    const slow = Promise.withResolvers<void>();
    const bytes = Buffer.from("not audio at all");
    const { sha256 } = fixture.store.add("/joined.wav", bytes);
    const { url } = fixture.store.behave("/joined.wav", (_request, response) => {
      void slow.promise.then(() => response.end(bytes));
    });
    const body = fixture.explainBody("3", { sound: { audio: { url, sha256 } } });
    const first = await fixture.post("/v1/explain", body);
    const second = await fixture.post("/v1/explain", body);
    expect(await health()).toMatchObject({ running: 1, waiting: 0 });
    slow.resolve();
    const [one, two] = await Promise.all([allLines(first), allLines(second)]);
    expect(one.at(-1)).toEqual(two.at(-1));
    expect(fixture.store.requests.filter((each) => each === "GET /joined.wav")).toHaveLength(1);
  });

  it("ends with 422 and the reason if the audio can't be decoded", async () => {
    const { url, sha256 } = fixture.store.add("/garbage", Buffer.from("garbage".repeat(100)));
    const body = fixture.explainBody("4", { sound: { audio: { url, sha256 } } });
    const response = await fixture.post("/v1/explain", body, {
      headers: {
        Authorization: `Bearer ${SECRET}`,
        "X-Request-Id": "request-4",
      },
    });
    expect(response.headers.get("X-Request-Id")).toBe("request-4");
    expect((await allLines(response)).at(-1)).toMatchObject({
      kind: "problem",
      problem: {
        type: "/problems/audio-not-decodable",
        status: 422,
        instance: "request-4",
      },
    });
    expect(fixture.log).toContainEqual(
      expect.objectContaining({ event: "job-ended", requestId: "request-4" }),
    );
  });

  it("ends with 502 if the model has another hash than its version", async () => {
    const { url } = fixture.store.add("/other.onnx", Buffer.from("another model"));
    const manifest = { ...fixture.model.manifest, version: "0".repeat(64) };
    const body = fixture.explainBody("5", { model: { manifest, url } });
    expect((await allLines(await fixture.post("/v1/explain", body))).at(-1)).toMatchObject({
      problem: { type: "/problems/link-failed", status: 502 },
    });
  });

  it("ends with a problem if a highlight can't be stored", async () => {
    fixture.store.behave("/6/top-1.mp3", (request, response) => {
      request.resume();
      response.writeHead(500).end();
    });
    const lines = await allLines(await fixture.post("/v1/explain", fixture.explainBody("6")));
    expect(lines.at(-1)).toMatchObject({ problem: { type: "/problems/link-failed" } });
    expect(lines.map(({ kind }) => kind)).not.toContain("result");
  });

  it("stops when its only caller leaves", async () => {
    const { url } = fixture.store.behave("/never", () => {});
    const body = fixture.explainBody("7", {
      sound: { audio: { url, sha256: fixture.audio.sha256.replace(/./g, "0") } },
    });
    const client = new AbortController();
    await fixture.post("/v1/explain", body, {
      headers: { Authorization: `Bearer ${SECRET}` },
      signal: client.signal,
    });
    await until(async () => (await health()).running === 1);
    client.abort();
    await until(async () => (await health()).running === 0);
    expect(fixture.log).toContainEqual(expect.objectContaining({ outcome: "abandoned" }));
  });
});

import { createHash } from "node:crypto";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import { WorkerTableLine } from "@lemons/shared/contract/gpu-worker";
import { decodeUnfoldedTable } from "@lemons/shared/what-if/table-format";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxBytes, smallModel } from "../engine/onnx/small-model.fixture.ts";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
let model: object;
beforeAll(async () => {
  fixture = await startServiceFixture();
  model = modelOf("small", onnxBytes(smallModel()));
});
afterAll(() => fixture.close());

function modelOf(id: string, onnx: Uint8Array): object {
  const { url, sha256 } = fixture.store.add(`/${id}.onnx`, onnx);
  return { manifest: { ...fixture.model.manifest, id, version: sha256 }, url };
}

function tableBody(id: string, more: object = {}): { id: string; [field: string]: unknown } {
  return {
    id: id.padStart(32, "0"),
    model,
    sound: { audio: fixture.audio },
    separator: "dsp",
    segments: 5,
    outputs: { table: { url: `${fixture.store.origin}/${id}/table.bin` } },
    ...more,
  };
}

describe("POST /v1/table", () => {
  it("stores the encoder's table and ends with its record", async () => {
    const audio = await fixture.addNewAudio();
    const body = tableBody("1", { sound: { audio } });
    const lines = await allLines(await fixture.post("/v1/table", body));
    for (const line of lines) WorkerTableLine.parse(line);
    const phases = new Set(lines.flatMap(({ progress }) => (progress ? [progress.phase] : [])));
    for (const phase of ["fetching", "decoding", "separating", "scoring", "storing"]) {
      expect(phases).toContain(phase);
    }
    const { bytes, headers } = fixture.store.puts.get("/1/table.bin")!;
    expect(headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-digest": `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`,
    });
    expect(decodeUnfoldedTable(bytes)).toMatchObject({ segments: 5, sources: 5 });
    expect(lines.at(-1)).toMatchObject({
      kind: "result",
      record: {
        id: body.id,
        bytes: bytes.length,
        audio: { sha256: audio.sha256, seconds: 4 },
        separation: { separator: "dsp", sources: [...SOURCES] },
        segments: expect.objectContaining({ length: 5 }),
        engine: { kind: "table", reason: null },
      },
    });
  });

  it("builds a table of time alone from the mix, though a larger one is cached", async () => {
    await allLines(await fixture.post("/v1/table", tableBody("7")));
    const body = tableBody("8", { separator: "none" });
    const last = (await allLines(await fixture.post("/v1/table", body))).at(-1);
    expect(last).toMatchObject({
      record: { separation: { separator: "none", version: "1", sources: ["mix"] } },
    });
    const { bytes } = fixture.store.puts.get("/8/table.bin")!;
    expect(decodeUnfoldedTable(bytes)).toMatchObject({ segments: 5, sources: 1 });
  });

  it("explains from a stored table as from its own, and builds one if that fails", async () => {
    const last = (await allLines(await fixture.post("/v1/table", tableBody("9")))).at(-1)!;
    const record = last.record as { engine: object };
    const { bytes } = fixture.store.puts.get("/9/table.bin")!;
    const told = { ...record, engine: { ...record.engine, columnsEvaluated: 4711 } };
    // A service that has never seen the track, as after a restart.
    const fresh = await startServiceFixture();
    try {
      const question = { type: "time+source", segments: 5, neighbourhood: { kind: "exhaustive" } };
      const sound = { audio: fresh.audio };
      const onnx = fresh.store.add("/small.onnx", onnxBytes(smallModel()));
      const manifest = { ...fresh.model.manifest, id: "small", version: onnx.sha256 };
      const small = { manifest, url: onnx.url };
      const stored = { record: told, ...fresh.store.add("/stored.bin", bytes) };
      const ask = async (id: string, more: object) => {
        const body = fresh.explainBody(id, { question, sound, model: small, outputs: {}, ...more });
        return (await allLines(await fresh.post("/v1/explain", body))).at(-1)!.explanation!;
      };
      const read = await ask("1", { table: stored });
      expect(read.engine).toMatchObject({ kind: "table", columnsEvaluated: 4711 });
      const damaged = { ...stored, ...fresh.store.add("/cut.bin", bytes.subarray(0, 99)) };
      const nowhere = { url: `${fresh.store.origin}/nowhere.bin`, sha256: "0".repeat(64) };
      const gone = { ...stored, ...nowhere };
      for (const [id, wrong] of [
        ["2", damaged],
        ["3", gone],
      ] as const) {
        const built = await ask(id, { table: wrong });
        expect(built.engine.columnsEvaluated).not.toBe(4711);
        expect(built.relevance).toBeCloseTo(read.relevance, 9);
        expect(built.components.map(({ weight }) => weight)).toEqual(
          read.components.map(({ weight }) => expect.closeTo(weight, 9)),
        );
      }
      const elsewhere = { table: { ...stored, url: "https://elsewhere.test/x" } };
      const refused = await fresh.post("/v1/explain", fresh.explainBody("4", elsewhere));
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ errors: [{ field: "table.url" }] });
    } finally {
      await fresh.close();
    }
  });

  it("joins the running job of the same id", async () => {
    const body = tableBody("2");
    const both = await Promise.all([
      fixture.post("/v1/table", body),
      fixture.post("/v1/table", body),
    ]);
    const [one, two] = await Promise.all(both.map(allLines));
    expect(one!.at(-1)).toEqual(two!.at(-1));
    expect(fixture.store.requests.filter((each) => each === "PUT /2/table.bin")).toHaveLength(1);
  });

  it("reports why there is no table, and stores nothing", async () => {
    const graph = smallModel();
    // Two layers behind the pooling, as a head that no table can be folded with.
    const head = graph.graph!.node!.at(-1)!;
    head.output = ["raw"];
    graph.graph!.node!.push({ name: "out", opType: "Tanh", input: ["raw"], output: ["logit"] });
    const body = tableBody("3", { model: modelOf("bent", onnxBytes(graph)) });
    const last = (await allLines(await fixture.post("/v1/table", body))).at(-1)!;
    expect(WorkerTableLine.parse(last)).toMatchObject({
      kind: "no-table",
      reason: expect.stringMatching(/linear/),
    });
    expect(fixture.store.puts.has("/3/table.bin")).toBe(false);
  });

  it("retries a failing store, and ends with a problem if it stays down", async () => {
    let failures = 0;
    fixture.store.behave("/4/table.bin", (request, response) => {
      request.resume();
      response.writeHead(++failures < 3 ? 503 : 204).end();
    });
    const passing = await allLines(await fixture.post("/v1/table", tableBody("4")));
    expect(passing.at(-1)!.kind).toBe("result");
    fixture.store.behave("/5/table.bin", (request, response) => {
      request.resume();
      response.writeHead(403).end();
    });
    const failing = await allLines(await fixture.post("/v1/table", tableBody("5")));
    expect(failing.at(-1)).toMatchObject({
      problem: { type: "/problems/link-failed", status: 502 },
    });
  });

  it("refuses links to other origins before any work", async () => {
    const outputs = { table: { url: "https://elsewhere.example/table.bin" } };
    const response = await fixture.post("/v1/table", tableBody("6", { outputs }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [
        { field: "outputs.table.url", message: expect.stringMatching(/not an allowed origin/) },
      ],
    });
  });
});

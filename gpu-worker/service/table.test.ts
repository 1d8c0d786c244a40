import { createHash } from "node:crypto";
import { SOURCES } from "@lemons/shared/contract/explanation-request";
import { WorkerTableLine } from "@lemons/shared/contract/gpu-worker";
import { decodeUnfoldedTable } from "@lemons/shared/what-if/table-format";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxBytes, smallModel } from "../model/onnx-fixture.ts";
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
  it("stores the encoder's table, and ends with all that is known of it", async () => {
    const body = tableBody("1");
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
        audio: { sha256: fixture.audio.sha256, seconds: 4 },
        separation: { separator: "dsp", sources: [...SOURCES] },
        segments: expect.objectContaining({ length: 5 }),
        engine: { kind: "table", reason: null },
      },
    });
  });

  it("lets a second request of the same id join the first", async () => {
    const body = tableBody("2");
    const both = await Promise.all([
      fixture.post("/v1/table", body),
      fixture.post("/v1/table", body),
    ]);
    const [one, two] = await Promise.all(both.map(allLines));
    expect(one!.at(-1)).toEqual(two!.at(-1));
    expect(fixture.store.requests.filter((each) => each === "PUT /2/table.bin")).toHaveLength(1);
  });

  it("says why there is no table, and stores nothing", async () => {
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

  it("tries a store again that fails, and ends with a problem where it does not recover", async () => {
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

  it("refuses links to elsewhere before any work", async () => {
    const outputs = { table: { url: "https://elsewhere.example/table.bin" } };
    const response = await fixture.post("/v1/table", tableBody("6", { outputs }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ field: "outputs.table.url", message: expect.stringMatching(/not allowed/) }],
    });
  });
});

import { WorkerRenderLine } from "@lemons/shared/contract/gpu-worker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../engine/audio/decode.ts";
import { allLines, type ServiceFixture, startServiceFixture } from "./fixtures/service-fixture.ts";

let fixture: ServiceFixture;
beforeAll(async () => {
  fixture = await startServiceFixture();
});
afterAll(() => fixture.close());

const WEIGHTS = [-0.1, 0.4, 0.2, -0.3, 0.1];

function renderBody(id: string, more: object = {}): object {
  return {
    id: `${id.padStart(32, "0")}-${"0".repeat(32)}`,
    sound: { audio: fixture.audio },
    separator: "dsp",
    segments: 5,
    type: "time",
    components: WEIGHTS.map((weight, index) => ({
      index,
      segment: index,
      source: null,
      startSeconds: 0.8 * index,
      endSeconds: 0.8 * (index + 1),
      weight,
      shapley: null,
    })),
    outputs: {
      "top-1": { url: `${fixture.store.origin}/${id}/top-1.mp3` },
      "top-3": { url: `${fixture.store.origin}/${id}/top-3.mp3` },
    },
    ...more,
  };
}

describe("POST /v1/render", () => {
  it("stores the highlights of given components, without a model", async () => {
    const lines = await allLines(await fixture.post("/v1/render", renderBody("1")));
    for (const line of lines) WorkerRenderLine.parse(line);
    expect(lines.at(-1)).toMatchObject({
      kind: "result",
      highlights: [
        { name: "top-1", file: "top-1.mp3", components: [1], startSeconds: 0.8 },
        { name: "top-3", file: "top-3.mp3", components: [1, 2, 4], audio: { channels: 1 } },
      ],
    });
    expect(fixture.store.requests.some((each) => each.includes("model"))).toBe(false);
    for (const name of ["top-1", "top-3"]) {
      const { bytes, headers } = fixture.store.puts.get(`/1/${name}.mp3`)!;
      expect(headers["content-type"]).toBe("audio/mpeg");
      expect((await decodeAudio(bytes)).channels[0]!.some((x) => Math.abs(x) > 1e-3)).toBe(true);
    }
  });

  it("stores only highlights with a link", async () => {
    const outputs = { "top-1": { url: `${fixture.store.origin}/2/top-1.mp3` } };
    const lines = await allLines(await fixture.post("/v1/render", renderBody("2", { outputs })));
    expect(lines.at(-1)!.kind).toBe("result");
    expect(fixture.store.puts.has("/2/top-3.mp3")).toBe(false);
  });

  it("ends with 422 if a component isn't part of the track", async () => {
    const component = {
      index: 0,
      segment: null,
      startSeconds: 0,
      endSeconds: 4,
      weight: 1,
      shapley: null,
    };
    const components = [{ ...component, source: "kazoo" }];
    const body = renderBody("3", { type: "source", components });
    const last = (await allLines(await fixture.post("/v1/render", body))).at(-1)!;
    expect(last).toMatchObject({
      problem: { status: 422, detail: expect.stringMatching(/no source "kazoo"/) },
    });
  });

  it("ends with a problem if a highlight can't be stored", async () => {
    fixture.store.behave("/4/top-1.mp3", (request) => request.destroy());
    const lines = await allLines(await fixture.post("/v1/render", renderBody("4")));
    expect(lines.at(-1)).toMatchObject({ problem: { type: "/problems/link-failed" } });
  });
});

import { env } from "cloudflare:workers";
import type { Explanation } from "@lemons/shared/contract/explanation";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import { beforeAll, describe, expect, it } from "vitest";
import { seed } from "../../test/catalogue.ts";
import { explanationFor } from "../../test/explanation.ts";
import { resolveTask } from "./resolve-task.ts";
import { resultFault } from "./result-fault.ts";

const NO_SOURCES = { separator: "none", version: "1", sources: ["other"], residual: 0 };
const SAMPLED = { kind: "sampled", samples: 64, seed: 0 };
const EXHAUSTIVE = { kind: "exhaustive", effectiveSamples: 2048 };
const REQUEST = { listener: "zoe", track: "delta", type: "source", neighbourhood: SAMPLED };

async function faultOf(
  change: (explanation: Explanation) => object,
  request: object = REQUEST,
): Promise<string | null> {
  const task = await resolveTask(env, ExplanationRequest.parse(request));
  const explanation = await explanationFor({
    id: task.id,
    model: { manifest: task.model, url: "http://x.test/" },
    sound: { audio: { url: "http://x.test/", sha256: task.sound.soundSha256 } },
    separator: "dsp",
    question: task.question,
    outputs: {},
  });
  return resultFault(task, { ...explanation, ...change(explanation) });
}

beforeAll(() => seed());

describe("resultFault", () => {
  it("finds no fault in the answer to the question", async () => {
    expect(await faultOf(() => ({}))).toBeNull();
  });

  const faults: [string, (e: Explanation) => object][] = [
    ["model.id", (e) => ({ model: { ...e.model, id: "other" } })],
    ["model.version", (e) => ({ model: { ...e.model, version: "0".repeat(64) } })],
    ["audio.sha256", (e) => ({ audio: { ...e.audio, sha256: "0".repeat(64) } })],
    ["separation.separator", (e) => ({ separation: { ...e.separation, separator: "stems" } })],
    ["separation.version", (e) => ({ separation: { ...e.separation, version: "0" } })],
    ["type", () => ({ type: "time" })],
    ["target", () => ({ target: "predicted-class" })],
    ["kernelWidth", () => ({ kernelWidth: 1 })],
    ["featureSelection", () => ({ featureSelection: "auto" })],
    ["neighbourhood.kind", () => ({ neighbourhood: EXHAUSTIVE })],
    ["neighbourhood.samples", (e) => ({ neighbourhood: { ...e.neighbourhood, samples: 2 } })],
    ["neighbourhood.seed", (e) => ({ neighbourhood: { ...e.neighbourhood, seed: 2 } })],
    ["suppliedMasks", (e) => ({ neighbourhood: { ...e.neighbourhood, suppliedMasks: true } })],
    ["same index", (e) => ({ components: [...e.components, ...e.components] })],
    ["ranking", (e) => ({ ranking: [...e.ranking, ...e.ranking] })],
    ["ranking", () => ({ ranking: [7] })],
    ["top-1 plays", (e) => ({ highlights: [{ ...e.highlights[0], components: [7] }] })],
    ["file called ../x", (e) => ({ highlights: [{ ...e.highlights[0], file: "../x" }] })],
    ["twice", (e) => ({ highlights: [e.highlights[0], e.highlights[0]] })],
  ];
  it.each(faults)("finds %s", async (words, change) => {
    expect(await faultOf(change)).toContain(words);
  });

  describe("of an exhaustive question", () => {
    const all = { ...REQUEST, neighbourhood: EXHAUSTIVE };

    it("accepts exhaustive answers, or sampled ones with the reason", async () => {
      expect(await faultOf(() => ({ neighbourhood: EXHAUSTIVE }), all)).toBeNull();
      expect(await faultOf(() => ({}), all)).toBeNull();
    });

    it.each([
      ["effectiveSamples", () => ({ neighbourhood: { ...EXHAUSTIVE, effectiveSamples: 9 } })],
      [
        "neighbourhood.kind is sampled",
        (e: Explanation) => ({ engine: { ...e.engine, reason: null } }),
      ],
    ])("finds %s", async (words, change) => {
      expect(await faultOf(change, all)).toContain(words);
    });

    it("accepts cuts in time without separation", async () => {
      const uncut = { separation: NO_SOURCES, neighbourhood: EXHAUSTIVE };
      expect(await faultOf(() => uncut, { ...all, type: "time" })).toBeNull();
      expect(await faultOf(() => uncut, all)).toContain("separation.separator");
      const stemmed = { ...all, type: "time", track: "stemmed" };
      expect(await faultOf((e) => ({ audio: e.audio, ...uncut }), stemmed)).toContain("separat");
    });
  });
});

import { env } from "cloudflare:workers";
import { snippetOfTrack } from "@lemons/shared/audio/snippet";
import { ExplanationRequest } from "@lemons/shared/contract/explanation-request";
import { DEFAULT_SEPARATOR, SEPARATOR_VERSIONS } from "@lemons/shared/contract/separator";
import { tableId } from "@lemons/shared/identity/explanation-id";
import { stemsHash } from "@lemons/shared/identity/sha256";
import { beforeAll, describe, expect, it } from "vitest";
import {
  catalogueTrack,
  ENCODER,
  FOLDER,
  STEM_HASHES,
  seed,
  splitModel,
} from "../../test/catalogue.ts";
import { HEAD } from "../../test/table.ts";
import { TABLE_SCHEMA } from "../tables/table-task.ts";
import { resolveTask } from "./resolve-task.ts";

const resolve = (change: object = {}) =>
  resolveTask(
    env,
    ExplanationRequest.parse({ listener: "zoe", track: "delta", type: "time+source", ...change }),
  );

const sampled = (samples: number, seed: number) => ({ kind: "sampled", samples, seed });
const exhaustive = (effectiveSamples: number) => ({ kind: "exhaustive", effectiveSamples });

beforeAll(() => seed());

describe("resolveTask", () => {
  it("resolves everything that the request leaves open", async () => {
    const task = await resolve();
    expect(task).toMatchObject({
      model: { id: "model-zoe", version: "7".repeat(64) },
      separator: { name: "dsp", version: "1" },
      question: {
        neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
        segments: 5,
        kernelWidth: 0.25,
        featureSelection: "none",
        target: "relevance",
      },
      table: {
        encoderVersion: ENCODER,
        separator: { name: "dsp", version: "1" },
        segments: 5,
      },
    });
    expect(task.id.split("-")[0]).toBe(task.table?.id);
  });

  it("gives one id to one question, whatever its wording", async () => {
    const spelled = {
      neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
      segments: 5,
      kernelWidth: 0.25,
      featureSelection: "none",
      target: "relevance",
    };
    expect((await resolve(spelled)).id).toBe((await resolve()).id);
  });

  it.each([
    ["the listener, whose model shares the encoder", { listener: "abel" }, "question"],
    ["the track", { track: "alpha" }, "both"],
    ["the type", { type: "time" }, "question"],
    ["the effective samples", { neighbourhood: exhaustive(1024) }, "question"],
    ["drawn masks", { neighbourhood: sampled(256, 0) }, "both"],
    ["the segments", { segments: 4 }, "responses"],
    ["the threshold", { threshold: 0.4 }, "question"],
    ["the kernel", { kernelWidth: 0.3 }, "question"],
    ["the feature selection", { featureSelection: "lasso_path" }, "question"],
    ["the number of features", { features: 6 }, "question"],
    ["the target", { target: "predicted-class" }, "question"],
  ])("changes the id with %s, in the half that names it", async (_what, change, halves) => {
    const [responses, question] = (await resolve()).id.split("-");
    const [otherResponses, otherQuestion] = (await resolve(change)).id.split("-");
    expect({
      responses: responses !== otherResponses,
      question: question !== otherQuestion,
    }).toEqual({ responses: halves !== "question", question: halves !== "responses" });
  });

  it.each([
    ["the listener's model", { listener: "abel" }, "both"],
    ["the type", { type: "source" }, "both"],
    ["the samples", { neighbourhood: sampled(255, 0) }, "both"],
    ["the seed", { neighbourhood: sampled(256, 1) }, "both"],
    ["the kernel", { kernelWidth: 0.3 }, "question"],
  ])("where masks are drawn, changes the id with %s likewise", async (_what, change, halves) => {
    const drawn = { neighbourhood: sampled(256, 0) };
    const [responses, question] = (await resolve(drawn)).id.split("-");
    const other = await resolve({ ...drawn, ...change });
    const [otherResponses, otherQuestion] = other.id.split("-");
    expect(other.table).toBeNull();
    expect({
      responses: responses !== otherResponses,
      question: question !== otherQuestion,
    }).toEqual({ responses: halves !== "question", question: halves !== "responses" });
  });

  it("distinguishes two tracks with the same sound, which share a table", async () => {
    const twin = { ...catalogueTrack("twin", "d") };
    const { catalogue } = FOLDER;
    await seed({ ...FOLDER, catalogue: { ...catalogue, tracks: [...catalogue.tracks, twin] } });
    const [one, other] = await Promise.all([resolve(), resolve({ track: "twin" })]);
    expect(other.table?.id).toBe(one.table?.id);
    expect(other.id).not.toBe(one.id);
    await env.DB.exec("DELETE FROM tracks WHERE id = 'twin'");
  });

  it("names the table after the shared snippet rule and separator version", async () => {
    const long = { ...catalogueTrack("long", "9"), duration_s: 95.7 };
    const { catalogue } = FOLDER;
    await seed({ ...FOLDER, catalogue: { ...catalogue, tracks: [...catalogue.tracks, long] } });
    const { table } = await resolve({ track: "long" });
    expect(table?.id).toBe(
      await tableId({
        schema: TABLE_SCHEMA,
        encoderVersion: ENCODER,
        audioSha256: "9".repeat(64),
        snippet: snippetOfTrack(95.7),
        separator: { name: DEFAULT_SEPARATOR, version: SEPARATOR_VERSIONS[DEFAULT_SEPARATOR] },
        segments: 5,
      }),
    );
    await env.DB.exec("DELETE FROM tracks WHERE id = 'long'");
  });

  it("takes the true stems of a track that has any, and names the sound after them", async () => {
    const task = await resolve({ track: "stemmed" });
    expect(task.separator).toEqual({ name: "stems", version: "1" });
    expect(task.sound).toEqual({
      audioSha256: "f".repeat(64),
      soundSha256: await stemsHash(STEM_HASHES),
      stems: STEM_HASHES,
    });
  });

  it("gives one id to a track without stems, whether the default separator is named or not", async () => {
    const drawn = { neighbourhood: sampled(256, 0) };
    for (const change of [{}, { type: "time" }, drawn, { ...drawn, type: "time" }]) {
      expect(await resolve({ ...change, separator: "dsp" })).toEqual(await resolve(change));
    }
  });

  it("takes a named separator instead of true stems, under other ids", async () => {
    const own = await resolve({ track: "stemmed" });
    const named = await resolve({ track: "stemmed", separator: "dsp" });
    expect(named).toMatchObject({
      separator: { name: "dsp", version: "1" },
      sound: own.sound,
      table: { separator: { name: "dsp", version: "1" } },
    });
    expect(named.table?.id).not.toBe(own.table?.id);
    expect(named.id).not.toBe(own.id);
    // The worker's schema for questions has no separator: its request names it elsewhere.
    expect(named.question).not.toHaveProperty("separator");
  });

  it("cuts a track with stems in time only if masks are sampled and a separator is named", async () => {
    const drawn = { track: "stemmed", type: "time", neighbourhood: sampled(256, 0) };
    expect((await resolve(drawn)).separator.name).toBe("stems");
    expect((await resolve({ ...drawn, separator: "dsp" })).separator.name).toBe("none");
  });

  it("needs no separator for sampled masks of cuts in time", async () => {
    const drawn = await resolve({ type: "time", neighbourhood: sampled(256, 0) });
    expect(drawn.separator).toEqual({ name: "none", version: "1" });
    // The table serves all types.
    expect((await resolve({ type: "time" })).separator).toEqual({ name: "dsp", version: "1" });
  });

  it("forms another id under a new model, and the same one again under the old", async () => {
    const before = await resolve();
    await seed({ ...FOLDER, models: [splitModel("zoe", "6", HEAD)] });
    const after = await resolve();
    expect(after.model.version).toBe("6".repeat(64));
    expect(after.id).not.toBe(before.id);
    await seed();
    expect((await resolve()).id).toBe(before.id);
  });

  it.each([
    [{ listener: "unknown" }, "unknown-listener"],
    [{ track: "nothing" }, "unknown-track"],
  ])("refuses %j", async (change, kind) => {
    await expect(resolve(change)).rejects.toMatchObject({ failure: { kind } });
  });

  it("refuses a listener without a model", async () => {
    await env.DB.exec("UPDATE models SET active = 0 WHERE listener = 'abel'");
    await expect(resolve({ listener: "abel" })).rejects.toMatchObject({
      failure: { kind: "no-model" },
    });
    await seed();
  });
});

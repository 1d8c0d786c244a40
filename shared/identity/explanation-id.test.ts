import { describe, expect, it } from "vitest";
import { ExplanationId, ListenerId, ModelId, TableId, TrackId } from "../contract/identifier.ts";
import {
  explanationId,
  type ResponseQuestion,
  type ResponseSet,
  responseSetId,
  type TableIdentity,
  tableId,
} from "./explanation-id.ts";

const AUDIO = "3ad86a7d62fe69ecd47f0d6924758b84d63979055569bbe4ec8a8da7fe8d7792";

const table: TableIdentity = {
  schema: 1,
  encoderVersion: "e".repeat(64),
  audioSha256: AUDIO,
  snippet: { startSeconds: 0, seconds: 30 },
  separator: { name: "dsp", version: "1" },
  segments: 5,
};

const responses: ResponseSet = {
  schema: 1,
  model: { id: ModelId.parse("reference-ilse"), version: "1" },
  audioSha256: AUDIO,
  snippet: { startSeconds: 0, seconds: 30 },
  separator: { name: "dsp", version: "1" },
  segments: 5,
  type: "time+source",
  samples: 256,
  seed: 0,
};

const question: ResponseQuestion = {
  listener: ListenerId.parse("ilse"),
  track: TrackId.parse("wesnoth-battle-epic"),
  model: { id: ModelId.parse("reference-ilse"), headVersion: "1" },
  type: "time+source",
  neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
  kernelWidth: 0.25,
  ridgeAlpha: 1,
  featureSelection: "none",
  features: null,
  target: "relevance",
  threshold: null,
};

const reversed = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).reverse()) as T;

describe("tableId", () => {
  it("never changes, as stored tables are found by it", async () => {
    expect(await tableId(table)).toBe("f6dc2978d601dfbe27eef3fa236daab6");
    expect(TableId.parse(await tableId(table))).toBe(await tableId(reversed(table)));
  });

  const others: Partial<TableIdentity>[] = [
    { schema: 2 },
    { encoderVersion: "f".repeat(64) },
    { audioSha256: "0".repeat(64) },
    { snippet: { startSeconds: 0, seconds: 29.5 } },
    { separator: { name: "dsp", version: "2" } },
    { separator: { name: "stems", version: "1" } },
    { segments: 4 },
  ];
  it.each(others)("changes with %j", async (change) => {
    expect(await tableId({ ...table, ...change })).not.toBe(await tableId(table));
  });
});

describe("responseSetId", () => {
  it("never changes", async () => {
    expect(await responseSetId(responses)).toBe("72d1020f1f6142ece4c01207077373f6");
  });

  const others: Partial<ResponseSet>[] = [
    { schema: 2 },
    { model: { id: ModelId.parse("reference-ilse"), version: "2" } },
    { audioSha256: "0".repeat(64) },
    { snippet: { startSeconds: 0, seconds: 29.5 } },
    { separator: { name: "dsp", version: "2" } },
    { segments: 4 },
    { type: "source" },
    { samples: 257 },
    { seed: 1 },
  ];
  it.each(others)("changes with %j", async (change) => {
    expect(await responseSetId({ ...responses, ...change })).not.toBe(
      await responseSetId(responses),
    );
  });
});

describe("explanationId", () => {
  const FIRST_HALF = "0".repeat(32);

  it("never changes, as stored explanations are found by it", async () => {
    expect(await explanationId(FIRST_HALF, question)).toBe(
      `${FIRST_HALF}-cb3f7b072297e788ad8367656a024002`,
    );
  });

  it("has the contract's form and starts with the id of the table", async () => {
    const id = await explanationId(await tableId(table), question);
    expect(ExplanationId.parse(id).split("-")[0]).toBe(await tableId(table));
  });

  it("does not depend on the order of fields", async () => {
    expect(await explanationId(FIRST_HALF, reversed(question))).toBe(
      await explanationId(FIRST_HALF, question),
    );
  });

  const others: Partial<ResponseQuestion>[] = [
    { listener: ListenerId.parse("jonas") },
    { track: TrackId.parse("the-same-sound-again") },
    { model: { id: ModelId.parse("reference-ilse"), headVersion: "2" } },
    { model: { id: ModelId.parse("reference-jonas"), headVersion: "1" } },
    { type: "time" },
    { neighbourhood: { kind: "exhaustive", effectiveSamples: 2049 } },
    { neighbourhood: { kind: "sampled", samples: 2048, seed: 0 } },
    { kernelWidth: 0.5 },
    { ridgeAlpha: 0 },
    { featureSelection: "auto" },
    { features: 3 },
    { target: "predicted-class" },
    { threshold: 0.5 },
  ];
  it.each(others)("changes with %j", async (change) => {
    expect(await explanationId(FIRST_HALF, { ...question, ...change })).not.toBe(
      await explanationId(FIRST_HALF, question),
    );
  });
});

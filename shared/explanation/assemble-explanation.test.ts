import { describe, expect, it } from "vitest";
import { explanationExample } from "../contract/explanation.example.ts";
import { PublishedExplanation } from "../contract/explanation.ts";
import { assembleExplanation, publishExplanation } from "./assemble-explanation.ts";

const { id, listener, track, schemaVersion: _, ...fields } = explanationExample;
const { model, audio, separation, segments, engine, highlights, timings, ...answers } = fields;
const context = { model, audio, separation, segments, engine, highlights, timings };
const name = { id, listener, track };

describe("assembleExplanation", () => {
  it("keeps the order of the fields that stored documents have", () => {
    const document = publishExplanation(name, assembleExplanation(context, answers));
    expect(Object.keys(document).slice(0, 8)).toEqual([
      "id",
      "listener",
      "track",
      "schemaVersion",
      "model",
      "audio",
      "separation",
      "segments",
    ]);
    expect(Object.keys(document).slice(-3)).toEqual(["engine", "highlights", "timings"]);
    expect(PublishedExplanation.parse(document)).toEqual(explanationExample);
  });

  it("joins the segments of a table if the type has no time", () => {
    const cut = [0, 6, 12].map((start) => ({ startSeconds: start, endSeconds: start + 6 }));
    const assembled = (type: "time" | "source") =>
      assembleExplanation({ ...context, segments: cut }, { ...answers, type }).segments;
    expect(assembled("source")).toEqual([{ startSeconds: 0, endSeconds: 18 }]);
    expect(assembled("time")).toEqual(cut);
  });

  it("takes only id and version of a model", () => {
    const manifest = { ...model, name: "a manifest has more" };
    expect(assembleExplanation({ ...context, model: manifest }, answers).model).toEqual(model);
  });
});

describe("publishExplanation", () => {
  it("leaves out the answers to supplied masks", () => {
    const explanation = assembleExplanation(context, {
      ...answers,
      masks: [[1]],
      predictions: [1],
    });
    expect(publishExplanation(name, explanation)).not.toHaveProperty("masks");
    expect(publishExplanation(name, explanation)).not.toHaveProperty("predictions");
  });
});

import { describe, expect, it } from "vitest";
import { ExplanationId } from "../contract/identifier.ts";
import {
  explanationId,
  type ResponseQuestion,
  type ResponseSet,
  responseSetId,
} from "./explanation-id.ts";

const responses: ResponseSet = {
  schema: 1,
  model: { id: "reference-ilse", version: "1" },
  audioSha256: "3ad86a7d62fe69ecd47f0d6924758b84d63979055569bbe4ec8a8da7fe8d7792",
  snippet: { startSeconds: 0, seconds: 30 },
  separator: { name: "dsp", version: "1" },
  segments: 5,
  type: "time+source",
  samples: 256,
  seed: 0,
};

const question: ResponseQuestion = {
  model: { id: "reference-ilse", version: "1" },
  type: "time+source",
  neighbourhood: { kind: "sampled", samples: 256, seed: 0 },
  kernelWidth: 0.25,
  ridgeAlpha: 1,
  featureSelection: "none",
  features: null,
  target: "relevance",
};

describe("explanationId", () => {
  it("stays what it is: stored explanations are found by it", async () => {
    expect(await explanationId({ responses, question })).toBe(
      "72d1020f1f6142ece4c01207077373f6-6f95700d66e372069073bfd71b91b49d",
    );
  });

  it("has the contract's form and starts with the id of the response set", async () => {
    const id = await explanationId({ responses, question });
    expect(ExplanationId.parse(id)).toBe(id);
    expect(id.split("-")[0]).toBe(await responseSetId(responses));
  });

  it("does not depend on the order of fields", async () => {
    const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse());
    const same = {
      responses: reversed(responses) as ResponseSet,
      question: reversed(question) as ResponseQuestion,
    };
    expect(await explanationId(same)).toBe(await explanationId({ responses, question }));
  });

  const otherResponses: Partial<ResponseSet>[] = [
    { schema: 2 },
    { model: { id: "reference-ilse", version: "2" } },
    { audioSha256: "0".repeat(64) },
    { snippet: { startSeconds: 0, seconds: 29.5 } },
    { separator: { name: "dsp", version: "2" } },
    { segments: 4 },
    { type: "source" },
    { samples: 257 },
    { seed: 1 },
  ];
  it.each(otherResponses)("changes its first half with %j", async (change) => {
    const [base, other] = await Promise.all([
      explanationId({ responses, question }),
      explanationId({ responses: { ...responses, ...change }, question }),
    ]);
    expect(other.slice(0, 32)).not.toBe(base.slice(0, 32));
    expect(other.slice(33)).toBe(base.slice(33));
  });

  const otherQuestions: Partial<ResponseQuestion>[] = [
    { model: { id: "reference-ilse", version: "2" } },
    { type: "time" },
    { neighbourhood: { kind: "sampled", samples: 256, seed: 1 } },
    { kernelWidth: 0.5 },
    { ridgeAlpha: 0 },
    { featureSelection: "auto" },
    { features: 3 },
    { target: "predicted-class" },
  ];
  it.each(otherQuestions)("changes its second half with %j", async (change) => {
    const [base, other] = await Promise.all([
      explanationId({ responses, question }),
      explanationId({ responses, question: { ...question, ...change } }),
    ]);
    expect(other.slice(0, 32)).toBe(base.slice(0, 32));
    expect(other.slice(33)).not.toBe(base.slice(33));
  });
});

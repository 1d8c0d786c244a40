import { describe, expect, it, vi } from "vitest";
import { type ExplanationQuestion, ExplanationType } from "../contract/explanation-request.ts";
import { randomTable } from "../enumeration/random-table.fixture.ts";
import { type FoldedTable, logitOfMask } from "../what-if/response-table.ts";
import { gatesOf } from "./components.ts";
import { type ExhaustiveQuestion, explainFromTable } from "./explain-from-table.ts";
import { sigmoid } from "./exponential.ts";
import { fitLocal } from "./local-fit.ts";
import { allMasks } from "./mask.ts";
import { tallyMasks } from "./mask-statistics.ts";

const shape = { segments: 3, sources: 4, channels: 5, positive: 3, span: 2, silent: [7], seed: 4 };
const TABLE = randomTable(shape);
const SOURCES = ["vocals", "drums", "bass", "other"];
const SEGMENTS = [0, 1, 2].map((i) => ({ startSeconds: 5 + i, endSeconds: 6 + i }));

function plainLoop(table: FoldedTable) {
  const masks = allMasks(table.segments * table.sources);
  return tallyMasks(
    masks,
    masks.map((mask) => logitOfMask(table, mask)),
  );
}

function ask(change: Partial<ExplanationQuestion>, table = TABLE, enumerate = plainLoop) {
  const question = {
    type: "time+source",
    neighbourhood: { kind: "exhaustive", effectiveSamples: 2048 },
    segments: 3,
    kernelWidth: 0.25,
    featureSelection: "none",
    target: "relevance",
    ...change,
  } as ExhaustiveQuestion;
  return explainFromTable({ table, segments: SEGMENTS, sources: SOURCES, question, enumerate });
}

describe("explainFromTable", () => {
  it.each(ExplanationType.options)(
    "answers %s with the relevance of its own masks",
    async (type) => {
      const explained = await ask({ type });
      const { components, relevance, relevanceOfSilence, curves } = explained;
      const logitOf = (mask: Uint8Array) =>
        logitOfMask(TABLE, gatesOf(mask, { type, segments: 3, sources: 4 }));
      const all = new Uint8Array(components.length).fill(1);
      expect(components).toHaveLength({ time: 3, source: 4, "time+source": 12 }[type]);
      expect(explained).toMatchObject({
        type,
        logit: logitOf(all),
        relevance: sigmoid(logitOf(all)),
      });
      expect(relevanceOfSilence).toBe(sigmoid(logitOf(new Uint8Array(components.length))));
      const shapley = components.reduce((sum, component) => sum + component.shapley!, 0);
      expect(shapley).toBeCloseTo(relevance - relevanceOfSilence!, 12);
      expect(curves!.deletion.relevances).toHaveLength(components.length + 1);
      expect(curves!.deletion.relevances.at(-1)).toBe(relevanceOfSilence);
      expect(curves!.insertion.relevances.at(-1)).toBe(relevance);
    },
  );

  it("fits every mask at its probability", async () => {
    const masks = allMasks(12);
    const predictions = masks.map((mask) => sigmoid(logitOfMask(TABLE, mask)));
    // The whole track counts once more than its probability says, as in any drawn neighbourhood.
    const effectiveSamples = 4097;
    const neighbourhood = { kind: "exhaustive", effectiveSamples } as const;
    const { components, intercept, fidelity } = await ask({ neighbourhood });
    const plain = fitLocal({
      masks: [masks[0]!, ...masks],
      predictions: [predictions[0]!, ...predictions],
      kernelWidth: 0.25,
      featureSelection: "none",
    });
    components.forEach(({ weight }, i) => {
      expect(weight).toBeCloseTo(plain.weights[i]!, 10);
    });
    expect(intercept).toBeCloseTo(plain.intercept, 10);
    expect(fidelity).toBeCloseTo(plain.fidelity, 10);
  });

  it("counts all masks of the table for time+source only", async () => {
    const enumerate = vi.fn(plainLoop);
    await ask({ type: "time" }, TABLE, enumerate);
    await ask({ type: "source" }, TABLE, enumerate);
    expect(enumerate).not.toHaveBeenCalled();
    await ask({}, TABLE, enumerate);
    expect(enumerate).toHaveBeenCalledTimes(1);
  });

  it("applies the requested number of features and threshold", async () => {
    const { relevance, relevanceOfSilence } = await ask({});
    const threshold = (relevance + relevanceOfSilence!) / 2;
    const one = await ask({ featureSelection: "highest_weights", features: 2, threshold });
    expect(one.features).toBe(2);
    expect(one.components.filter(({ weight }) => weight !== 0)).toHaveLength(2);
    if (relevance > relevanceOfSilence!) {
      expect(one.decision).toEqual({ threshold, reason: null });
      expect(one.sufficient!.relevance).toBeGreaterThanOrEqual(threshold);
    } else expect(one.decision.reason).toBe("not-above-silence");
  });

  it("rejects segments that are not the table's", async () => {
    await expect(ask({}, { ...TABLE, segments: 4 })).rejects.toThrow(/4 x 4 does not fit 3/);
  });
});

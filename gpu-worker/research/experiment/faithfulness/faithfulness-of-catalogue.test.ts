import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Faithfulness, type FaithfulnessSettings } from "@lemons/shared/contract/faithfulness";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../../engine/input-error.ts";
import type { FoldInput, FoldResult } from "./faithfulness-fold.ts";
import { faithfulnessOfCatalogue } from "./faithfulness-of-catalogue.ts";

const DEMO = fileURLToPath(new URL("../../../../demo", import.meta.url));
const settings: FaithfulnessSettings = {
  folds: 5,
  steps: 10,
  batchSize: 4,
  learningRate: 1e-3,
  channels: [4],
  segments: 5,
  kernelWidth: 0.25,
  effectiveSamples: 2048,
  separators: ["stems", "dsp"],
  seed: 0,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lemons-faithfulness-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The drums are found in every track; the last track isn't verified. */
async function runFold({ heldOut, fold }: FoldInput): Promise<FoldResult> {
  const answer = { top: 2, hit: true, deletion: 0.2, insertion: 0.8, correlation: null };
  return {
    sources: ["drums"],
    answers: [{ labels: [true, true, false, false], logits: [2, fold === 0 ? 1 : -2, -1, -1] }],
    cases: heldOut.map((track) => ({
      model: "planted",
      type: "source",
      separator: "stems",
      track,
      source: "drums",
      segment: null,
      verified: !track.startsWith("gt12"),
      relevance: 0.9,
      fidelity: 0.9,
      components: 5,
      truth: [2],
      lime: answer,
      shapley: answer,
      random: { deletion: 0.5, insertion: 0.5 },
    })),
  };
}

const measure = (more: Partial<Parameters<typeof faithfulnessOfCatalogue>[0]> = {}) =>
  faithfulnessOfCatalogue({ catalogue: DEMO, settings, record: null, runFold, ...more });

describe("faithfulnessOfCatalogue", () => {
  it("holds out each track once, and returns a valid document", async () => {
    const result = await measure();
    expect(Faithfulness.parse(result)).toEqual(result);
    expect(result.cases.map(({ track }) => track).sort()).toEqual([...result.tracks].sort());
    expect(result.detection).toEqual([
      {
        source: "drums",
        mixtures: 20,
        positives: 10,
        // 1 in the first fold, 0.5 in the other four.
        auc: expect.closeTo((1 + 4 * 0.5) / 5, 12),
        accuracy: 16 / 20,
        tracks: 12,
        verified: 11,
      },
    ]);
    expect(result.summary[0]).toMatchObject({ cases: 11, hits: 11, accuracy: 1 });
  });

  it("resumes after the last finished fold, with the same result", async () => {
    const record = join(folder, "record.ndjson");
    const stopping = (input: FoldInput) => {
      if (input.fold === 3) throw new Error("power cut");
      return runFold(input);
    };
    await expect(measure({ record, runFold: stopping })).rejects.toThrow("power cut");
    const run: number[] = [];
    const counting = (input: FoldInput) => {
      run.push(input.fold);
      return runFold(input);
    };
    expect(await measure({ record, runFold: counting })).toEqual(await measure());
    expect(run).toEqual([3, 4]);
  });

  it("refuses more folds than tracks", async () => {
    await expect(measure({ settings: { ...settings, folds: 13 } })).rejects.toThrow(InputError);
  });
});

import { allMasks } from "@lemons/shared/explanation/mask";
import { tallyMasks } from "@lemons/shared/explanation/mask-statistics";
import { type FoldedTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { type Example, type ExampleShape, makeExample } from "../gallery/example.ts";
import { createExplanationStore, type WhatIfStore } from "../what-if/explanation-store.ts";

/** Tallies all masks of a table of at most 12 parts. */
export function countFew(table: FoldedTable) {
  const masks = allMasks(table.segments * table.sources);
  return tallyMasks(
    masks,
    masks.map((mask) => logitOfMask(table, mask)),
  );
}

const SHAPE: ExampleShape = {
  title: "Three by Three",
  sources: ["vocals", "drums", "bass"],
  seconds: 18,
  bias: -1.5,
  type: "time+source",
  strengths: [
    [0.2, 1.2, 0],
    [-0.6, 1.4, 0.1],
    [0.1, 0.3, 0],
  ],
};

/** Makes an example of three sources in three segments: drums help, vocals hurt in the middle. */
export function smallExample(shape: Partial<ExampleShape> = {}): Promise<Example> {
  return makeExample({ ...SHAPE, ...shape }, countFew);
}

/** Creates the store of an example whose table loads at once. */
export function storeOf({ explanation, table }: Example): WhatIfStore {
  return createExplanationStore({
    explanation,
    loadTable: () => Promise.resolve(table),
    countElsewhere: (each) => Promise.resolve(countFew(each)),
    signal: new AbortController().signal,
  });
}

/** Resolves once pending loads and counts have ended. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

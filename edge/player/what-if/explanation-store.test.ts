import { readFileSync } from "node:fs";
import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import { enumerate } from "@lemons/shared/enumeration/enumerate";
import { compileEnumeration } from "@lemons/shared/enumeration/module";
import { fitExhaustively } from "@lemons/shared/explanation/exhaustive-fit";
import { explainFromTable } from "@lemons/shared/explanation/explain-from-table";
import { sigmoid } from "@lemons/shared/explanation/exponential";
import { type FoldedTable, logitOfMask } from "@lemons/shared/what-if/response-table";
import { beforeAll, describe, expect, it } from "vitest";
import { type Example, makeExample } from "../gallery/example.ts";
import { createExplanationStore, type WhatIfSources } from "./explanation-store.ts";

const module = compileEnumeration(
  readFileSync(new URL("../../../shared/enumeration/enumerate.wasm", import.meta.url)),
);
const count = (table: FoldedTable) => enumerate(module, table);

const STRENGTHS = [
  [0.2, 0.1, 0.9, -0.3],
  [0.1, -0.2, 1.4, 0.2],
  [-0.4, 0.3, 0.6, 0.1],
  [0.0, 0.1, 0.5, -0.2],
];
const SOURCES = ["vocals", "piano", "drums", "bass"];

let example: Example;
beforeAll(async () => {
  example = await makeExample(
    {
      strengths: STRENGTHS,
      sources: SOURCES,
      bias: -2,
      seconds: 24,
      type: "time+source",
      title: "",
    },
    count,
  );
});

/** Creates a store that counts its loads and counts. */
function storeWith(overrides: Partial<WhatIfSources> = {}) {
  let loads = 0;
  let counts = 0;
  const store = createExplanationStore({
    explanation: example.explanation,
    loadTable: () => {
      loads++;
      return Promise.resolve(example.table);
    },
    countElsewhere: (table) => {
      counts++;
      return Promise.resolve(count(table));
    },
    signal: new AbortController().signal,
    ...overrides,
  });
  return { store, loads: () => loads, counts: () => counts };
}

/** Resolves once pending loads and counts have ended. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("a fresh store", () => {
  it("shows the published values without loading anything", () => {
    const { store, loads } = storeWith();
    const { relevance, values, view, table } = store.get();
    expect(view).toBe("time+source");
    expect(relevance).toBe(example.explanation.relevance);
    expect(values?.weights).toEqual(example.explanation.components.map(({ weight }) => weight));
    expect(table.phase).toBe("idle");
    expect(loads()).toBe(0);
  });
});

describe("what if", () => {
  it("scores any selection from the table", async () => {
    const { store, loads } = storeWith();
    store.toggle(6);
    expect(store.get().relevance).toBeNull();
    await settled();
    const expected = sigmoid(logitOfMask(example.table, store.get().gates));
    expect(store.get().relevance).toBe(expected);
    expect(expected).toBeLessThan(example.explanation.relevance);
    store.toggle(2, "source");
    expect(store.get().relevance).toBe(sigmoid(logitOfMask(example.table, store.get().gates)));
    expect(loads()).toBe(1);
  });

  it("resets to the whole track", async () => {
    const { store } = storeWith();
    store.toggle(0, "time");
    await settled();
    store.reset();
    expect(store.get().relevance).toBe(example.explanation.relevance);
    expect(store.get().gates).not.toContain(0);
  });

  it("selects the decisive sets with their published relevance", async () => {
    const { store } = storeWith();
    const { sufficient, necessary } = example.explanation;
    store.selectSmallestKeeping();
    await settled();
    expect(store.get().relevance).toBeCloseTo(sufficient!.relevance, 6);
    expect([...store.get().gates].filter((gate) => gate === 1)).toHaveLength(
      sufficient!.components.length,
    );
    store.selectSmallestLosing();
    expect(store.get().relevance).toBeCloseTo(necessary!.relevance, 6);
    expect(store.get().relevance!).toBeLessThan(example.explanation.decision.threshold!);
  });
});

describe("a view", () => {
  it.each(["time", "source"] as const)(
    "has the values of an explanation of type %s",
    async (type) => {
      const { store, counts } = storeWith();
      store.setView(type);
      await settled();
      const { segments, neighbourhood, separation } = example.explanation;
      if (neighbourhood.kind !== "exhaustive") throw new Error("the example counts every mask");
      const expected = await explainFromTable({
        table: example.table,
        segments,
        sources: separation.sources,
        question: {
          type,
          neighbourhood,
          segments: 4,
          kernelWidth: 0.25,
          featureSelection: "none",
          target: "relevance",
        },
        enumerate: count,
      });
      const { values } = store.get();
      expect(values?.weights).toEqual(expected.components.map(({ weight }) => weight));
      expect(values?.shapley).toEqual(expected.components.map(({ shapley }) => shapley));
      expect(values?.fidelity).toBe(expected.fidelity);
      expect(values?.sufficient).toEqual(expected.sufficient);
      expect(counts()).toBe(0);
    },
  );
});

describe("an explanation with one segment", () => {
  it("scores selections from the table of all types and offers its own view only", async () => {
    const bySource = await makeExample(
      {
        strengths: [[0.2, 0.3, 3.4, -0.2]],
        sources: SOURCES,
        bias: -2,
        seconds: 24,
        type: "source",
        title: "",
      },
      count,
    );
    const { store } = storeWith({ explanation: bySource.explanation });
    expect(["time", "source", "time+source"].map((view) => store.canShow(view as "time"))).toEqual([
      false,
      true,
      false,
    ]);
    store.toggle(2);
    await settled();
    const gates = Uint8Array.from({ length: 16 }, (_, gate) => (gate % 4 === 2 ? 0 : 1));
    expect(store.get().relevance).toBe(sigmoid(logitOfMask(example.table, gates)));
    store.setView("time");
    expect(store.get().view).toBe("source");
    store.setKernelWidth(0.5);
    await settled();
    expect(store.get().values?.weights).toHaveLength(4);
  });
});

describe("the kernel width", () => {
  it("refits over all masks, which are counted once", async () => {
    const { store, counts } = storeWith();
    for (const kernelWidth of [0.5, 0.1, 1.25]) {
      store.setKernelWidth(kernelWidth);
      await settled();
      const expected = fitExhaustively({
        statistics: count(example.table),
        kernelWidth,
        effectiveSamples: 2048,
        target: "relevance",
        featureSelection: "none",
      });
      expect(store.get().values?.weights).toEqual(expected.weights);
      expect(store.get().values?.fidelity).toBe(expected.fidelity);
    }
    expect(counts()).toBe(1);
  });

  it("changes the local fit only", async () => {
    const { store } = storeWith();
    store.setKernelWidth(0.7);
    await settled();
    const { shapley, sufficient } = store.get().values!;
    expect(shapley).toEqual(example.explanation.components.map((part) => part.shapley));
    expect(sufficient?.components).toEqual(example.explanation.sufficient?.components);
  });

  it("keeps the previous weights until the new ones are known", async () => {
    const { store } = storeWith();
    store.setKernelWidth(0.7);
    expect(store.get().values).not.toBeNull();
    expect(store.get().kernelWidth).toBe(0.7);
    await settled();
    expect(store.get().counting.phase).toBe("ready");
  });
});

describe("a failure", () => {
  it("of the table has a reason and can be retried", async () => {
    let attempts = 0;
    const { store } = storeWith({
      loadTable: () => {
        attempts++;
        return attempts === 1
          ? Promise.reject(new Error("the server went away"))
          : Promise.resolve(example.table);
      },
    });
    store.toggle(0);
    await settled();
    expect(store.get().table).toEqual({
      phase: "error",
      problem: { key: "problem.other", values: { reason: "the server went away" } },
    });
    expect(store.get().relevance).toBeNull();
    await store.prepare();
    expect(store.get().table.phase).toBe("ready");
    expect(store.get().relevance).not.toBeNull();
  });

  it("of the count has a reason", async () => {
    const { store } = storeWith({
      countElsewhere: () => Promise.reject(new Error("no thread here")),
    });
    store.setKernelWidth(0.9);
    await settled();
    expect(store.get().counting).toEqual({
      phase: "error",
      problem: { key: "problem.other", values: { reason: "no thread here" } },
    });
  });

  it("loads no table for a sampled explanation", async () => {
    const drawn: PublishedExplanation = {
      ...example.explanation,
      neighbourhood: {
        kind: "sampled",
        samples: 256,
        seed: 1,
        distinctMasks: 256,
        suppliedMasks: false,
      },
    };
    const { store, loads } = storeWith({ explanation: drawn });
    expect(store.get().table.phase).toBe("missing");
    store.toggle(0);
    await settled();
    expect(store.get().relevance).toBeNull();
    expect(loads()).toBe(0);
  });

  it("after the abort changes nothing", async () => {
    const gone = new AbortController();
    const { store } = storeWith({
      signal: gone.signal,
      loadTable: () => Promise.resolve(example.table),
    });
    store.toggle(0);
    gone.abort();
    await settled();
    expect(store.get().table.phase).toBe("loading");
  });
});

import { segmentBounds } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import { InputError } from "../input-error.ts";
import type { EncoderPackage } from "../model/model-package.ts";
import { cpuRuntime as runtime } from "../runtime/node/cpu-runtime.fixture.ts";
import {
  averaged,
  fcn,
  meanAndMax,
  scaled,
  strided,
  type TestModel,
  type TestNetwork,
  testModel,
} from "./columns/networks.fixture.ts";
import { compareWithDense, someGates } from "./compare-with-dense.ts";
import type { PreparedTable, TableQuestion, TabulatedEncoder } from "./encoder-engine.ts";
import { analyseForTable, ENCODER_ENGINES } from "./engines.ts";
import { createGraphSessions } from "./graph-sessions.ts";
import { noise, smallFrontEnd } from "./noise.fixture.ts";

const BANDS = 12;
const frontEnd = smallFrontEnd(BANDS);

/** Encoders of different kinds; each engine is tested with those that it applies to. */
const MODELS: [string, TestModel][] = [
  ["blocks with pooling", testModel({ bands: BANDS, seed: 3 }, fcn([4, 5]))],
  ["strided convolutions", testModel({ bands: BANDS, seed: 4 }, strided([4, 5]))],
  ["average pooling", testModel({ bands: BANDS, seed: 5 }, averaged)],
  ["a recurrence", testModel({ bands: BANDS, seed: 6 }, recurrent)],
];

function recurrent(network: TestNetwork, input: string) {
  const weights = [network.weights([1, 16, BANDS]), network.weights([1, 16, 4])];
  const lstm = network.node("LSTM", [input, ...weights], { hidden_size: 4 });
  const tensor = network.node("ReduceMean", [lstm], { axes: [2, 3], keepdims: 0 });
  return { tensor, features: 4 };
}

function packageOf({ encoder, encoderVersion }: TestModel): EncoderPackage {
  return { encoder, manifest: { version: encoderVersion, encoderVersion, frontEnd } };
}

function questionOf(samples: number, segments: number, sources: number): TableQuestion {
  const silent = [[sources - 1, 0, Math.floor(samples / segments)]] as const;
  return {
    frontEnd,
    sources: noise(samples, sources, 3, silent),
    segments: segmentBounds(samples, segments),
  };
}

function prepared(encoder: TabulatedEncoder, question: TableQuestion): PreparedTable {
  const ready = encoder.prepare(question);
  if (!ready.applies) throw new Error(ready.reason);
  return ready;
}

describe.each(ENCODER_ENGINES.map((engine) => [engine.name, engine] as const))(
  "the encoder engine of %s",
  (_, engine) => {
    const verdicts = MODELS.map(([, model]) => ({
      model,
      verdict: engine.analyse(packageOf(model)),
    }));
    const applicable = verdicts.flatMap(({ model, verdict }) =>
      verdict.applies ? [{ model, verdict }] : [],
    );
    const { model, verdict } = applicable[0]!;

    it("gives a reason for every encoder that it refuses", () => {
      for (const each of verdicts) {
        if (each.verdict.applies) continue;
        expect(each.verdict.code).toMatch(/^[a-z-]+$/);
        expect(each.verdict.reason).toMatch(/\w.*[^.]$/);
      }
    });

    it.each([
      [9781, 4, 2],
      [4003, 1, 3],
    ])(
      "equals forward passes to 1e-4, on %i samples in %i segments x %i sources",
      async (samples, segments, sources) => {
        for (const each of applicable) {
          const { onnx, head } = each.model;
          const { float64, spread } = await compareWithDense(
            { onnx, head, prepare: each.verdict.prepare },
            questionOf(samples, segments, sources),
            someGates(20, segments * sources, 7),
            runtime,
          );
          expect(float64).toBeLessThan(1e-4);
          expect(spread).toBeGreaterThan(0.001);
        }
      },
    );

    it("builds the table that it has planned, the same one each time", async () => {
      const ready = prepared(verdict, questionOf(6000, 3, 2));
      expect(ready.audibleComponents).toBe(5);
      const sessions = createGraphSessions({ runtime });
      const { table, statistics } = await ready.build({ sessions });
      expect(4 * (table.sums.length + table.maxima.length)).toBe(ready.cost.tableBytes);
      expect(statistics).toMatchObject(ready.cost);
      expect(statistics.forwardEquivalents).toBeGreaterThan(1);
      expect(table.groups.reduce((sum, { columns }) => sum + columns, 0)).toBe(table.columns);
      expect((await ready.build({ sessions })).table).toEqual(table);
      await sessions.dispose();
    });

    it("reports rising progress up to 1, and stops with the signal's reason", async () => {
      const ready = prepared(verdict, questionOf(40_000, 3, 2));
      const sessions = createGraphSessions({ runtime });
      const fractions: number[] = [];
      await ready.build({ sessions, onProgress: (fraction) => fractions.push(fraction) });
      expect(fractions.toSorted((a, b) => a - b)).toEqual(fractions);
      expect(fractions.at(-1)).toBe(1);
      const reason = new Error("cancelled");
      const aborted = ready.build({ sessions, signal: AbortSignal.abort(reason) });
      await expect(aborted).rejects.toBe(reason);
      await sessions.dispose();
    });

    it("refuses tables that cost more than the limit", () => {
      const ready = verdict.prepare({ ...questionOf(6000, 3, 2), maxForwards: 0.01 });
      expect(ready).toMatchObject({ applies: false, code: "too-costly" });
    });

    it("rejects inconsistent questions", () => {
      const question = questionOf(4000, 2, 2);
      const short = { ...question, sources: [question.sources[0]!, new Float32Array(10)] };
      expect(() => verdict.prepare(short)).toThrow(RangeError);
      expect(() => verdict.prepare({ ...question, segments: [] })).toThrow(RangeError);
    });

    it("rejects an encoder whose output is not finite", async () => {
      const damaged = testModel({ bands: BANDS, seed: 2 }, (network, input) => {
        const zero = network.floats("zero", [], () => Float32Array.of(0));
        const tensor = network.node("Div", [scaled(network, input), zero]);
        return meanAndMax(network, network.conv(tensor, { from: 1, to: 2, kernel: [3, 3] }), 2);
      });
      const found = engine.analyse(packageOf(damaged));
      if (!found.applies) return;
      const sessions = createGraphSessions({ runtime });
      const building = prepared(found, questionOf(4000, 2, 2)).build({ sessions });
      await expect(building).rejects.toThrow(InputError);
      await sessions.dispose();
    });

    it("refuses a model without an encoder", () => {
      expect(engine.analyse({ ...packageOf(model), encoder: null }).applies).toBe(false);
    });
  },
);

describe("analyseForTable", () => {
  it("returns the first verdict that applies, else a reason", () => {
    const [pooled, , , lstm] = MODELS.map(([, each]) => analyseForTable(packageOf(each)));
    expect(pooled).toMatchObject({ applies: true });
    expect(lstm).toMatchObject({ applies: false, code: "recurrent" });
  });
});

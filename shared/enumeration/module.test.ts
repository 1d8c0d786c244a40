import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sigmoid } from "../explanation/exponential.ts";
import { compileEnumeration, instantiate } from "./module.ts";

const bytes = readFileSync(new URL("./enumerate.wasm", import.meta.url));

describe("enumerate.wasm", () => {
  it("is small and imports nothing", () => {
    expect(bytes.length).toBeLessThan(8192);
    const { WebAssembly } = globalThis as unknown as {
      WebAssembly: { Module: { imports(module: object): unknown[] } };
    };
    expect(WebAssembly.Module.imports(compileEnumeration(bytes))).toEqual([]);
  });

  it("computes the same sigmoid as exponential.ts, bit by bit", () => {
    const { relevance } = instantiate(compileEnumeration(bytes));
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (logit) => {
        expect(relevance(logit)).toBe(sigmoid(logit));
      }),
      { numRuns: 2000 },
    );
    for (let logit = -40; logit <= 40; logit += 0.0078125) {
      expect(relevance(logit)).toBe(sigmoid(logit));
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settled, smallExample, storeOf } from "../component/example.fixture.ts";
import {
  addressOf,
  formatSelection,
  parseSelection,
  readAddress,
  readFragment,
  writeFragment,
} from "./address.ts";

const grid = { segments: 5, sources: 5 };

describe("formatSelection and parseSelection", () => {
  it("use one number per segment", () => {
    const gates = new Uint8Array(25).fill(1);
    gates.fill(0, 10, 20);
    gates[12] = 1;
    expect(formatSelection(gates, grid)).toBe("1f.1f.4.0.1f");
  });

  it("round-trip in any grid", () => {
    const grids = fc.record({
      segments: fc.integer({ min: 1, max: 8 }),
      sources: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(
        grids.chain((each) =>
          fc.tuple(
            fc.constant(each),
            fc.uint8Array({
              minLength: each.segments * each.sources,
              maxLength: each.segments * each.sources,
              max: 1,
            }),
          ),
        ),
        ([each, gates]) => {
          expect(parseSelection(formatSelection(gates, each), each)).toEqual(gates);
        },
      ),
    );
  });

  it("reject a text of another grid", () => {
    for (const text of [
      "",
      "1f",
      "1f.1f.1f.1f.20",
      "1f.1f.1f.1f.-1",
      "1f.1f.1f.1f.1f.1f",
      "x.0.0.0.0",
    ]) {
      expect(parseSelection(text, grid), text).toBeNull();
    }
  });
});

describe("fragments", () => {
  it("are read by key", () => {
    expect(readFragment("#view=time+source&parts=1.2", "view")).toBe("time+source");
    expect(readFragment("#why", "parts")).toBeNull();
    expect(readFragment("", "parts")).toBeNull();
  });

  it("keep the keys of others", () => {
    expect(writeFragment("#other=1&parts=0", { parts: "1f", view: "time" })).toBe(
      "other=1&parts=1f&view=time",
    );
    expect(writeFragment("#parts=0", { parts: null })).toBe("");
    expect(writeFragment("#why", { parts: "1" })).toBe("parts=1");
  });
});

describe("readAddress and addressOf", () => {
  it("leave the fragment empty for the explanation as published", async () => {
    const store = storeOf(await smallExample());
    expect(addressOf("", store)).toBe("");
    expect(addressOf("#other=1", store)).toBe("other=1");
  });

  it("restore the same state", async () => {
    const example = await smallExample();
    const store = storeOf(example);
    store.setView("source");
    store.setMeasure("shapley");
    store.setKernelWidth(0.4);
    store.toggle(1);
    await settled();
    const address = addressOf("", store);
    expect(address).toBe("view=source&kernel=0.4&values=shapley&parts=5.5.5");
    const other = storeOf(example);
    readAddress(`#${address}`, other);
    await settled();
    expect(other.get()).toEqual(store.get());
  });

  it("ignore invalid values", async () => {
    const store = storeOf(await smallExample());
    const before = store.get();
    readAddress("#view=colour&kernel=-3&parts=ff.0.0&values=none", store);
    expect(store.get()).toEqual(before);
  });
});

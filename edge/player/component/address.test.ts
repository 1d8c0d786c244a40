import { describe, expect, it } from "vitest";
import { addressOf, readAddress } from "./address.ts";
import { settled, smallExample, storeOf } from "./example.fixture.ts";

describe("a player's state in the address", () => {
  it("is nothing while everything is as published", async () => {
    const store = storeOf(await smallExample());
    expect(addressOf("", store)).toBe("");
    expect(addressOf("#other=1", store)).toBe("other=1");
  });

  it("comes back as it was", async () => {
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

  it("is ignored where it makes no sense", async () => {
    const store = storeOf(await smallExample());
    const before = store.get();
    readAddress("#view=colour&kernel=-3&parts=ff.0.0&values=none", store);
    expect(store.get()).toEqual(before);
  });
});

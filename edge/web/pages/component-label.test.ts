import { describe, expect, it } from "vitest";
import { componentLabel, componentSetLabel } from "./component-label.ts";

const base = { index: 0, startSeconds: 6, endSeconds: 12, weight: 0, shapley: null };

describe("componentLabel", () => {
  it("names what there is: source, time, or both", () => {
    expect(componentLabel({ ...base, segment: 1, source: "drums" })).toBe("drums, 6–12\u202fs");
    expect(componentLabel({ ...base, segment: null, source: "drums" })).toBe("drums");
    expect(componentLabel({ ...base, segment: 1, source: null })).toBe("6–12\u202fs");
  });
});

describe("componentSetLabel", () => {
  const part = (segment: number, source: string | null) => ({
    ...base,
    segment,
    source,
    startSeconds: 6 * segment,
    endSeconds: 6 * segment + 6,
  });

  it("joins stretches of time that adjoin, source by source", () => {
    const set = [part(0, "drums"), part(0, "bass"), part(1, "drums"), part(3, "drums")];
    expect(componentSetLabel(set)).toBe("drums, 0–12 s and 18–24 s; bass, 0–6 s");
  });

  it("names whole sources and stretches of time alone", () => {
    const drums = { ...base, segment: null, source: "drums" };
    expect(componentSetLabel([drums, { ...drums, source: "bass" }])).toBe("drums; bass");
    expect(componentSetLabel([part(0, null), part(1, null)])).toBe("0–12 s");
  });
});

import { describe, expect, it } from "vitest";
import { componentLabel, componentListLabel } from "./component-label.ts";

const base = { index: 0, startSeconds: 6, endSeconds: 12, weight: 0 };

describe("componentLabel", () => {
  it("names what there is: source, time, or both", () => {
    expect(componentLabel({ ...base, segment: 1, source: "drums" })).toBe("drums, 6–12\u202fs");
    expect(componentLabel({ ...base, segment: null, source: "drums" })).toBe("drums");
    expect(componentLabel({ ...base, segment: 1, source: null })).toBe("6–12\u202fs");
  });

  it("joins several", () => {
    const drums = { ...base, segment: null, source: "drums" };
    expect(componentListLabel([drums, { ...drums, source: "bass" }])).toBe("drums; bass");
  });
});

import { describe, expect, it } from "vitest";
import { componentsOf } from "./components.ts";
import { highlightPlan } from "./highlight-plan.ts";

const segments = [0, 1, 2].map((i) => ({ startSeconds: 4 + i, endSeconds: 5 + i }));
const sources = ["drums", "bass"];

function planOf(weights: Record<number, number>, querySource?: string) {
  const components = componentsOf({ type: "time+source", segments, sources }).map((place) => ({
    ...place,
    weight: weights[place.index] ?? -1,
    shapley: null,
  }));
  return highlightPlan({ components, startSeconds: 4, querySource });
}

describe("highlightPlan", () => {
  it("names the strongest component and the strongest three, by falling weight", () => {
    const plan = planOf({ 2: 0.1, 3: 0.3, 5: 0.2 });
    expect(plan.map(({ highlight }) => highlight)).toEqual([
      { name: "top-1", file: "top-1.mp3", components: [3], startSeconds: 5, audio: null },
      { name: "top-3", file: "top-3.mp3", components: [3, 5, 2], startSeconds: 5, audio: null },
    ]);
    expect(plan[1]!.top!.parts).toEqual([
      { source: "drums", segments: [1] },
      { source: "bass", segments: [1, 2] },
    ]);
  });

  it("names no file where nothing speaks for the track", () => {
    for (const { highlight, top } of planOf({})) {
      expect(top).toBeNull();
      expect(highlight).toMatchObject({ file: null, components: [], startSeconds: 4 });
    }
  });

  it("looks at one source only where asked", () => {
    const [one] = planOf({ 2: 0.4, 3: 0.3 }, "bass");
    expect(one!.highlight.components).toEqual([3]);
  });
});

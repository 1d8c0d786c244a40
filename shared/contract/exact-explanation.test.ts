import { describe, expect, it } from "vitest";
import { deletionInsertion } from "../explanation/curves.ts";
import { enumerated } from "../explanation/random-statistics.fixture.ts";
import { sigmoid } from "../explanation/sigmoid.ts";
import { decisiveSets } from "../explanation/sufficient-necessary.ts";
import { Curves, DecisiveSets, ExhaustiveNeighbourhood } from "./exact-explanation.ts";

describe("the contract of exact explanations", () => {
  it("fills in the effective samples", () => {
    expect(ExhaustiveNeighbourhood.parse({ kind: "exhaustive" }).effectiveSamples).toBe(2048);
    expect(ExhaustiveNeighbourhood.safeParse({ kind: "exhaustive", seed: 1 }).success).toBe(false);
    expect(
      ExhaustiveNeighbourhood.safeParse({ kind: "exhaustive", effectiveSamples: 1 }).success,
    ).toBe(false);
  });

  it("takes decisive sets as they are found, or why there are none", () => {
    const found = decisiveSets(enumerated(3, ([a, b, c]) => a! + b! + c! - 1).statistics);
    expect(DecisiveSets.parse(found)).toEqual(found);
    expect(found.reason).toBeNull();
    const none = decisiveSets(enumerated(3, () => 0).statistics);
    expect(DecisiveSets.parse(none)).toEqual(none);
    expect(DecisiveSets.safeParse({ ...found, sufficient: null }).success).toBe(false);
  });

  it("takes curves", () => {
    const curves = deletionInsertion([1, 0], ([a, b]) => sigmoid(a! + 2 * b!));
    expect(Curves.parse(curves)).toEqual(curves);
  });
});

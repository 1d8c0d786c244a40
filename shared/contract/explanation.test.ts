import { describe, expect, it } from "vitest";
import { sigmoid } from "../explanation/exponential.ts";
import { enumerated } from "../explanation/random.fixture.ts";
import { deletionInsertion } from "../explanation/ranking.ts";
import { decisiveSets } from "../explanation/sufficient-necessary.ts";
import { Curves, Decision, NecessarySet, SufficientSet } from "./explanation.ts";
import { ExhaustiveNeighbourhood } from "./explanation-request.ts";

describe("the contract of an exhaustive explanation", () => {
  it("defaults the effective samples", () => {
    expect(ExhaustiveNeighbourhood.parse({ kind: "exhaustive" }).effectiveSamples).toBe(2048);
    expect(ExhaustiveNeighbourhood.safeParse({ kind: "exhaustive", seed: 1 }).success).toBe(false);
    expect(
      ExhaustiveNeighbourhood.safeParse({ kind: "exhaustive", effectiveSamples: 1 }).success,
    ).toBe(false);
  });

  it("accepts decisive sets, or a reason for having none", () => {
    const found = decisiveSets(enumerated(3, ([a, b, c]) => a! + b! + c! - 1).statistics);
    expect(SufficientSet.parse(found.sufficient)).toEqual(found.sufficient);
    expect(NecessarySet.parse(found.necessary)).toEqual(found.necessary);
    expect(Decision.parse(found.decision)).toEqual(found.decision);
    expect(found.decision.reason).toBeNull();
    const none = decisiveSets(enumerated(3, () => 0).statistics);
    expect(none).toMatchObject({ sufficient: null, necessary: null });
    expect(Decision.parse(none.decision)).toEqual(none.decision);
    expect(Decision.safeParse({ threshold: null, reason: null }).success).toBe(false);
  });

  it("accepts curves", () => {
    const curves = deletionInsertion([1, 0], ([a, b]) => sigmoid(a! + 2 * b!));
    expect(Curves.parse(curves)).toEqual(curves);
  });
});

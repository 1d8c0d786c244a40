import { sigmoid } from "@lemons/shared/explanation/exponential";
import { describe, expect, it } from "vitest";
import { initialState } from "../train/train-state.ts";
import { balancingShift, calibrateBiases } from "./calibrate-biases.ts";
import { TINY_CONFIG } from "./training-fixture.ts";

describe("balancingShift", () => {
  it("puts 0.5 between two tracks", () => {
    expect(balancingShift([-3, -1], [false, true])).toBeCloseTo(2, 9);
  });

  it("minimises the balanced cross-entropy", () => {
    const logits = [-2, 0.5, 1, -4, -1, -3, 0];
    const heard = [true, true, true, false, false, false, false];
    const loss = (shift: number) =>
      logits.reduce((sum, logit, i) => {
        const miss = heard[i] ? sigmoid(logit + shift) : sigmoid(-(logit + shift));
        return sum - Math.log(miss) / (heard[i] ? 3 : 4);
      }, 0);
    const shift = balancingShift(logits, heard);
    expect(loss(shift)).toBeLessThan(loss(shift + 1e-3));
    expect(loss(shift)).toBeLessThan(loss(shift - 1e-3));
  });

  it("returns 0 for a head without both classes", () => {
    expect(balancingShift([1, 2], [true, true])).toBe(0);
    expect(balancingShift([1, 2], [false, false])).toBe(0);
  });
});

describe("calibrateBiases", () => {
  it("shifts each head's bias and nothing else", () => {
    const { architecture } = TINY_CONFIG;
    const state = initialState(architecture, 1);
    const logits = [
      [-3, 5],
      [-1, 9],
    ];
    const moved = calibrateBiases(state, architecture, logits, (row) => row === 1);
    expect([...moved.get("fc.bias")!.data]).toEqual([2, -7]);
    expect([...state.get("fc.bias")!.data]).toEqual([0, 0]);
    expect(moved.get("fc.weight")).toBe(state.get("fc.weight"));
  });
});

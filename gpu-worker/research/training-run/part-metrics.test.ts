import { ListenerId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { epochScore, isBetter, partMetrics } from "./part-metrics.ts";

describe("partMetrics", () => {
  it("returns loss, and AUC and AP per head with their means", () => {
    const labels = [
      [1, 0],
      [0, 0],
      [1, 0],
    ];
    const logits = [
      [2, -1],
      [0.5, 0],
      [0, 1],
    ];
    const metrics = partMetrics(
      [ListenerId.parse("a"), ListenerId.parse("b")],
      logits,
      (row, head) => labels[row]![head]!,
    );
    const softplus = (x: number) => Math.log(1 + Math.exp(x));
    const loss =
      softplus(-2) + softplus(0.5) + softplus(0) + softplus(-1) + softplus(0) + softplus(1);
    expect(metrics.loss).toBeCloseTo(loss / 6, 12);
    expect(metrics.listeners).toEqual([
      { listener: "a", tracks: 3, positives: 2, auc: 0.5, ap: (1 + 2 / 3) / 2 },
      { listener: "b", tracks: 3, positives: 0, auc: null, ap: null },
    ]);
    expect(metrics.auc).toBe(0.5);
    const none = partMetrics([ListenerId.parse("b")], logits, () => 0);
    expect([none.auc, none.ap]).toEqual([null, null]);
  });

  it("does not overflow", () => {
    const metrics = partMetrics([ListenerId.parse("a")], [[1000], [-1000]], (row) => 1 - row);
    expect(metrics.loss).toBe(0);
  });
});

const validation = { loss: 0.6, auc: 0.7, ap: 0.5, listeners: [] };

describe("epochScore", () => {
  it("is greater for the better epoch", () => {
    expect(epochScore("auc", validation)).toBe(0.7);
    expect(epochScore("ap", validation)).toBe(0.5);
    expect(epochScore("loss", validation)).toBe(-0.6);
    expect(epochScore("last", validation)).toBeNull();
    expect(epochScore("last", null)).toBeNull();
  });
});

describe("isBetter", () => {
  it("keeps the earlier of two equal epochs, or the last without scores", () => {
    expect(isBetter(0.7, undefined)).toBe(true);
    expect(isBetter(0.8, 0.7)).toBe(true);
    expect(isBetter(0.7, 0.7)).toBe(false);
    expect(isBetter(null, null)).toBe(true);
  });
});

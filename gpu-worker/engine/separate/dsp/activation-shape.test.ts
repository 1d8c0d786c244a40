import { describe, expect, it } from "vitest";
import { activationShape } from "./activation-shape.ts";

const FRAMES = 100;

function shapeOf(activations: ((frame: number) => number)[]) {
  const components = activations.length;
  const values = new Float64Array(FRAMES * components);
  for (let i = 0; i < values.length; i++) {
    values[i] = activations[i % components]!(Math.floor(i / components));
  }
  const spectra = new Float64Array(components);
  return activationShape(
    { components, bands: 1, frames: FRAMES, spectra, activations: values },
    0.03,
  );
}

describe("activationShape", () => {
  const struck = (frame: number) => Math.exp(-(frame % 25) / 8);
  const swelling = (frame: number) => struck(FRAMES - 1 - frame);
  const sustained = (frame: number) => 1 + Math.sin(frame / 10);
  const click = (frame: number) => (frame % 25 === 5 ? 1 : 0);
  const { changePerSecond, attackSharpness } = shapeOf([
    struck,
    swelling,
    sustained,
    click,
    () => 0,
  ]);

  it("finds struck sounds by their sharp attacks, and reversed ones by the opposite", () => {
    expect(attackSharpness[0]).toBeGreaterThan(0.5);
    expect(attackSharpness[1]).toBeLessThan(-0.5);
    expect(Math.abs(attackSharpness[2]!)).toBeLessThan(0.1);
  });

  it("finds short sounds by how much they change", () => {
    expect(changePerSecond[3]).toBeCloseTo(2 / 0.03, 3);
    expect(changePerSecond[0]).toBeLessThan(10);
    expect(changePerSecond[2]).toBeLessThan(changePerSecond[0]!);
  });

  it("is finite for a component that never sounds", () => {
    expect(changePerSecond[4]).toBe(0);
    expect(attackSharpness[4]).toBe(0);
  });
});

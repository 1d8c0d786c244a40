import { describe, expect, it } from "vitest";
import { activationShape, componentShares } from "./component-shares.ts";
import { factorise } from "./factorisation.ts";

const BANDS = 20;
const FRAMES = 80;

/** Kicks that fill bands 0 to 9 now and then, a bass in bands 8 to 13, a voice above. */
function scene() {
  const mix = new Float32Array(FRAMES * BANDS);
  const drums = new Float32Array(mix.length);
  const bass = new Float32Array(mix.length);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let b = 0; b < BANDS; b++) {
      const i = frame * BANDS + b;
      const kick = frame % 10 === 0 && b < 10 ? 6 : 0;
      const low = Math.floor(frame / 20) % 2 === 0 && b >= 8 && b < 14 ? 2 : 0;
      const voice = frame >= 30 && b >= 14 ? 2 : 0;
      mix[i] = kick + low + voice + 0.001;
      // The guess at the drums misses the kick's lowest bands.
      if (b >= 3) drums[i] = kick;
      bass[i] = low;
    }
  }
  return { mix, drums, bass };
}

describe("componentShares", () => {
  const { mix, drums, bass } = scene();
  const shares = componentShares(factorise(mix, BANDS, 8, 60), mix, drums, bass, 0.03);

  it("assigns the whole kick to the drums if the guess has a part of it", () => {
    expect(shares.drums[10 * BANDS + 1]).toBeGreaterThan(0.8);
    expect(shares.bass[10 * BANDS + 1]).toBeLessThan(0.1);
  });

  it("keeps bass and voice", () => {
    expect(shares.bass[5 * BANDS + 12]).toBeGreaterThan(0.8);
    expect(shares.drums[35 * BANDS + 16]).toBeLessThan(0.1);
    expect(shares.bass[35 * BANDS + 16]).toBeLessThan(0.1);
  });

  it("keeps shares between 0 and 1 and attack factors within their limits", () => {
    for (let i = 0; i < mix.length; i++) {
      expect(shares.drums[i]! + shares.bass[i]!).toBeLessThanOrEqual(1 + 1e-6);
      expect(shares.drums[i]).toBeGreaterThanOrEqual(0);
      expect(shares.struck[i]).toBeGreaterThanOrEqual(0.25 - 1e-6);
      expect(shares.struck[i]).toBeLessThanOrEqual(4 + 1e-6);
    }
  });
});

const STEPS = 100;

function shapeOf(activations: ((frame: number) => number)[]) {
  const components = activations.length;
  const values = new Float64Array(STEPS * components);
  for (let i = 0; i < values.length; i++) {
    values[i] = activations[i % components]!(Math.floor(i / components));
  }
  const spectra = new Float64Array(components);
  return activationShape(
    { components, bands: 1, frames: STEPS, spectra, activations: values },
    0.03,
  );
}

describe("activationShape", () => {
  const struck = (frame: number) => Math.exp(-(frame % 25) / 8);
  const swelling = (frame: number) => struck(STEPS - 1 - frame);
  const sustained = (frame: number) => 1 + Math.sin(frame / 10);
  const click = (frame: number) => (frame % 25 === 5 ? 1 : 0);
  const { changePerSecond, attackSharpness } = shapeOf([
    struck,
    swelling,
    sustained,
    click,
    () => 0,
  ]);

  it("rates struck sounds above 0, reversed ones below, sustained ones near 0", () => {
    expect(attackSharpness[0]).toBeGreaterThan(0.5);
    expect(attackSharpness[1]).toBeLessThan(-0.5);
    expect(Math.abs(attackSharpness[2]!)).toBeLessThan(0.1);
  });

  it("rates short sounds by their change per second", () => {
    expect(changePerSecond[3]).toBeCloseTo(2 / 0.03, 3);
    expect(changePerSecond[0]).toBeLessThan(10);
    expect(changePerSecond[2]).toBeLessThan(changePerSecond[0]!);
  });

  it("returns 0 for a silent component", () => {
    expect(changePerSecond[4]).toBe(0);
    expect(attackSharpness[4]).toBe(0);
  });
});

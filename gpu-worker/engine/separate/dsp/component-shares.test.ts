import { describe, expect, it } from "vitest";
import { componentShares } from "./component-shares.ts";
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

  it("gives the whole kick to the drums where the guess had a part of it", () => {
    expect(shares.drums[10 * BANDS + 1]).toBeGreaterThan(0.8);
    expect(shares.bass[10 * BANDS + 1]).toBeLessThan(0.1);
  });

  it("leaves bass and voice where they were", () => {
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

import { describe, expect, it } from "vitest";
import { applyGates } from "./fade-gates.ts";

const RATE = 1000;
const FADE = 10;

function gated(length: number, spans: { start: number; end: number }[]): Float32Array {
  const into = new Float32Array(length);
  applyGates({ from: new Float32Array(length).fill(1), into, spans, sampleRate: RATE });
  return into;
}

describe("applyGates", () => {
  it("fades over 10 ms at either edge and keeps what is between", () => {
    const sound = gated(100, [{ start: 20, end: 80 }]);
    expect(sound.subarray(0, 20).every((x) => x === 0)).toBe(true);
    expect(sound.subarray(80).every((x) => x === 0)).toBe(true);
    expect(sound.subarray(20 + FADE, 80 - FADE).every((x) => x === 1)).toBe(true);
    for (let i = 0; i < FADE; i++) {
      const expected = 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / FADE);
      expect(sound[20 + i]).toBeCloseTo(expected, 6);
      expect(sound[79 - i]).toBeCloseTo(expected, 6);
    }
  });

  it("crossfades neighbours to the full level", () => {
    const out = gated(100, [{ start: 0, end: 50 }]);
    const back = gated(100, [{ start: 50 - FADE, end: 100 }]);
    for (let i = 50 - FADE; i < 50; i++) expect(out[i]! + back[i]!).toBeCloseTo(1, 6);
  });

  it("adds to what is there, and shortens the fades of a very short stretch", () => {
    const into = new Float32Array(8).fill(0.5);
    const from = new Float32Array(8).fill(1);
    applyGates({ from, into, spans: [{ start: 2, end: 6 }], sampleRate: RATE });
    expect([into[0], into[1], into[6], into[7]]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(into[2]).toBeCloseTo(0.5 + 0.1464, 3);
    expect(into[3]).toBeCloseTo(0.5 + 0.8536, 3);
  });
});

import { segmentBounds } from "@lemons/shared/explanation/components";
import { describe, expect, it } from "vitest";
import { cpuRuntime } from "../../runtime/node/cpu-runtime.fixture.ts";
import { createLogMel } from "../../spectrogram/log-mel.ts";
import { noise, smallFrontEnd } from "../noise.fixture.ts";
import { createCombinationPower } from "./combination-power.ts";
import { audibleComponents, componentsOf, segmentsSeenByFrames } from "./intervals.ts";

const frontEnd = smallFrontEnd(20);
const SAMPLES = 1000;
const SOURCES = 3;

/** Converts mel power to decibels. */
function decibels(power: number): number {
  return 10 * Math.log10(Math.max(power, 1e-10));
}

describe("createCombinationPower", () => {
  const bounds = segmentBounds(SAMPLES, 3);
  const seen = segmentsSeenByFrames(SAMPLES, bounds, frontEnd);

  it.each([
    ["noise", noise(SAMPLES, SOURCES, 4)],
    ["a silent component", noise(SAMPLES, SOURCES, 4, [[1, 333, 666]])],
    [
      "parts that cancel",
      (() => {
        const [a, b] = noise(SAMPLES, 2, 9) as [Float32Array, Float32Array];
        return [a, a.map((sample) => -sample), b.map((sample) => sample * 1e-4)];
      })(),
    ],
  ])("equals the spectrogram of sums of waveforms: %s", (_name, sources) => {
    const components = audibleComponents(sources, bounds);
    const power = createCombinationPower({ sources, bounds, components }, frontEnd, cpuRuntime);
    const logMel = createLogMel(frontEnd, cpuRuntime);
    let checked = 0;
    for (const interval of [
      { first: 0, last: 0 },
      { first: 1, last: 2 },
      { first: 0, last: 2 },
    ]) {
      const frames = [...seen.first.keys()].filter(
        (k) => seen.first[k]! >= interval.first && seen.last[k]! <= interval.last,
      );
      const range = { start: frames[0]!, end: frames.at(-1)! + 1 };
      const rows = power.of([{ ...interval, ...range }], range);
      const list = componentsOf(components, interval);
      const count = range.end - range.start;
      for (let row = 0; row < 2 ** list.length; row += 5) {
        const mix = new Float64Array(SAMPLES);
        list.forEach((component, bit) => {
          if (!((row >> bit) & 1)) return;
          const [start, end] = bounds[Math.floor(component / SOURCES)]!;
          const source = sources[component % SOURCES]!;
          for (let i = start; i < end; i++) mix[i]! += source[i]!;
        });
        const expected = logMel(mix);
        for (let k = 0; k < count; k++) {
          for (let band = 0; band < expected.bands; band++) {
            const value = decibels(rows[(row * count + k) * expected.bands + band]!);
            const reference = expected.data[band * expected.frames + range.start + k]!;
            expect(Math.abs(value - reference)).toBeLessThan(1e-4);
            checked++;
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(1000);
  });
});

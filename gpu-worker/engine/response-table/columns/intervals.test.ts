import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { type SegmentBounds, segmentBounds } from "@lemons/shared/explanation/components";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuRuntime } from "../../runtime/node/cpu-runtime.fixture.ts";
import { createLogMel } from "../../spectrogram/log-mel.ts";
import { noise, smallFrontEnd } from "../noise.fixture.ts";
import { intervalsOf, segmentsSeenByFrames, segmentsSeenThrough } from "./intervals.ts";

const frontEnd = smallFrontEnd(10);

describe("segmentsSeenByFrames", () => {
  it("finds one frame across a boundary on the grid and two across one off it", () => {
    const onGrid = segmentsSeenByFrames(
      512_000,
      [
        [0, 256_000],
        [256_000, 512_000],
      ],
      DEFAULT_FRONT_END,
    );
    const straddling = [...onGrid.first.keys()].filter((k) => onGrid.first[k] !== onGrid.last[k]);
    expect(straddling).toEqual([1000]);
    const offGrid = segmentsSeenByFrames(
      512_000,
      [
        [0, 256_100],
        [256_100, 512_000],
      ],
      DEFAULT_FRONT_END,
    );
    expect([...offGrid.first.keys()].filter((k) => offGrid.first[k] !== offGrid.last[k])).toEqual([
      1000, 1001,
    ]);
  });

  it("counts mirrored samples for the segment that they mirror", () => {
    // The first frame reads samples 0 to 31, the last but mirrored ones of the end.
    const seen = segmentsSeenByFrames(
      96,
      [
        [0, 20],
        [20, 70],
        [70, 96],
      ],
      frontEnd,
    );
    expect([seen.first[0], seen.last[0]]).toEqual([0, 1]);
    expect([seen.first[3], seen.last[3]]).toEqual([1, 2]);
  });

  it("includes every segment that changes a frame, for any cut", () => {
    const logMel = createLogMel(frontEnd, cpuRuntime);
    const cuts = fc.record({
      samples: fc.integer({ min: 33, max: 400 }),
      places: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 0, maxLength: 5 }),
    });
    fc.assert(
      fc.property(cuts, ({ samples, places }) => {
        const edges = [
          ...new Set([0, ...places.map((place) => Math.floor(place * samples)), samples]),
        ];
        edges.sort((a, b) => a - b);
        const bounds = edges.slice(1).map((end, i): SegmentBounds => [edges[i]!, end]);
        const [signal] = noise(samples, 1, 5) as [Float32Array];
        const whole = logMel(signal);
        const seen = segmentsSeenByFrames(samples, bounds, frontEnd);
        expect(intervalsOf(seen)).not.toBeNull();
        bounds.forEach(([start, end], segment) => {
          const changed = signal.slice().fill(0, start, end);
          const other = logMel(changed);
          for (let frame = 0; frame < whole.frames; frame++) {
            const isNamed = seen.first[frame]! <= segment && segment <= seen.last[frame]!;
            if (isNamed) continue;
            for (let band = 0; band < whole.bands; band++) {
              const index = band * whole.frames + frame;
              expect(other.data[index]).toBe(whole.data[index]);
            }
          }
        });
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});

describe("segmentsSeenThrough and intervalsOf", () => {
  it("widen the boundary by the reach of a window, and no further", () => {
    const frames = segmentsSeenByFrames(32 * 40, segmentBounds(32 * 40, 2), frontEnd);
    const conv = { kernel: 3, stride: 1, dilation: 1, padBegin: 1, padEnd: 1 };
    const pool = { kernel: 2, stride: 2, dilation: 1, padBegin: 0, padEnd: 0 };
    const convolved = segmentsSeenThrough(conv, frames);
    expect(intervalsOf(convolved)).toEqual([
      { first: 0, last: 0, start: 0, end: 19 },
      { first: 0, last: 1, start: 19, end: 22 },
      { first: 1, last: 1, start: 22, end: 41 },
    ]);
    // 41 columns: the last one is dropped behind the convolution that used it.
    expect(intervalsOf(segmentsSeenThrough(pool, convolved))).toEqual([
      { first: 0, last: 0, start: 0, end: 9 },
      { first: 0, last: 1, start: 9, end: 11 },
      { first: 1, last: 1, start: 11, end: 20 },
    ]);
  });

  it("skip columns between the taps of a dilated window", () => {
    const seen = { first: Uint8Array.of(0, 0, 1, 2, 2), last: Uint8Array.of(0, 0, 1, 2, 2) };
    const conv = { kernel: 2, stride: 1, dilation: 3, padBegin: 0, padEnd: 0 };
    expect(segmentsSeenThrough(conv, seen)).toEqual({
      first: Uint8Array.of(0, 0),
      last: Uint8Array.of(2, 2),
    });
  });

  it("return null if the columns of one interval are not adjacent", () => {
    const seen = { first: Uint8Array.of(0, 1, 0), last: Uint8Array.of(0, 1, 0) };
    expect(intervalsOf(seen)).toBeNull();
  });
});

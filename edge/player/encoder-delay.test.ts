import { describe, expect, it } from "vitest";
import { trimEncoderDelay } from "./encoder-delay.ts";

const ramp = Float32Array.from({ length: 10 }, (_, i) => i);

describe("trimEncoderDelay", () => {
  it("cuts the delay and the padding", () => {
    const length = { sampleRate: 44_100, encoderDelaySamples: 3, samples: 4 };
    expect(trimEncoderDelay([ramp, ramp], 44_100, length)).toEqual([
      Float32Array.of(3, 4, 5, 6),
      Float32Array.of(3, 4, 5, 6),
    ]);
  });

  it("counts in samples of the file, not of the decoder", () => {
    const length = { sampleRate: 8000, encoderDelaySamples: 1, samples: 3 };
    expect(trimEncoderDelay([ramp], 16_000, length)).toEqual([Float32Array.of(2, 3, 4, 5, 6, 7)]);
  });

  it("takes what is there of a file that ends early", () => {
    const length = { sampleRate: 8000, encoderDelaySamples: 8, samples: 100 };
    expect(trimEncoderDelay([ramp], 8000, length)).toEqual([Float32Array.of(8, 9)]);
  });
});

import { describe, expect, it } from "vitest";
import { encodePcmWave } from "./pcm-wave.ts";

describe("encodePcmWave", () => {
  const wave = encodePcmWave([Float32Array.of(0, 1, -2), Float32Array.of(0.5, -1, 0)], 44_100);
  const view = new DataView(wave.buffer);
  const ascii = (start: number, length: number) =>
    String.fromCharCode(...wave.subarray(start, start + length));

  it("writes the header of 16-bit PCM", () => {
    expect(ascii(0, 4)).toBe("RIFF");
    expect(view.getUint32(4, true)).toBe(wave.length - 8);
    expect(ascii(8, 8)).toBe("WAVEfmt ");
    expect(view.getUint16(20, true)).toBe(1);
    expect(view.getUint16(22, true)).toBe(2);
    expect(view.getUint32(24, true)).toBe(44_100);
    expect(view.getUint32(28, true)).toBe(44_100 * 4);
    expect(view.getUint16(32, true)).toBe(4);
    expect(view.getUint16(34, true)).toBe(16);
    expect(ascii(36, 4)).toBe("data");
    expect(view.getUint32(40, true)).toBe(12);
  });

  it("writes INFO chunks after the samples, padded to even lengths", () => {
    const credited = encodePcmWave([Float32Array.of(0)], 8000, { IART: "Ann", ICOP: "CC0" });
    const text = String.fromCharCode(...credited.subarray(46));
    expect(text).toBe("LIST\x1c\0\0\0INFOIART\x04\0\0\0Ann\0ICOP\x04\0\0\0CC0\0");
    expect(new DataView(credited.buffer).getUint32(4, true)).toBe(credited.length - 8);
    const odd = encodePcmWave([Float32Array.of(0)], 8000, { INAM: "ab" });
    expect(odd.length % 2).toBe(0);
  });

  it("interleaves and clips the channels", () => {
    const samples = Array.from({ length: 6 }, (_, i) => view.getInt16(44 + 2 * i, true));
    expect(samples).toEqual([0, 16_384, 32_767, -32_767, -32_767, 0]);
  });
});

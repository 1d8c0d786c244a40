import { describe, expect, it } from "vitest";
import { randomFor } from "../../training-data/random.ts";
import { drawTrackMixture } from "./track-mixtures.ts";

const SAMPLES = 1000;
const track = {
  slug: "t",
  sources: ["drums", "bass", "other"],
  // Powers of two, so that a sum tells what is in it.
  waveforms: [1, 2, 4].map((value) => new Float32Array(SAMPLES).fill(value)),
  active: { drums: [1, 1, 1, 1], bass: [0, 1, 0, 1], other: [0, 0, 0, 0] } as Record<
    string,
    (0 | 1)[]
  >,
};
const mixtures = Array.from({ length: 300 }, (_, item) =>
  drawTrackMixture(track, randomFor(1, "test", item)),
);

/** Segments in which a source is in a mixture. */
const segmentsWith = (waveform: Float32Array, source: number) =>
  [0, 1, 2, 3].filter((segment) => waveform[segment * 250 + 100]! & (1 << source));

describe("drawTrackMixture", () => {
  it("keeps each stem that sounds in about half of the mixtures, and labels it", () => {
    for (const [source, expected] of [0.5, 0.5, 0].entries()) {
      const share = mixtures.filter(({ labels }) => labels[source]).length / mixtures.length;
      expect(Math.abs(share - expected)).toBeLessThan(0.1);
    }
    for (const { waveform, labels } of mixtures) {
      labels.forEach((label, source) => {
        expect(segmentsWith(waveform, source).length > 0).toBe(label);
      });
    }
  });

  it("leaves some in one segment in which they sound", () => {
    const kept = mixtures.filter(({ labels }) => labels[1]);
    const alone = kept.filter(({ waveform }) => segmentsWith(waveform, 1).length === 1);
    expect(alone.length / kept.length).toBeGreaterThan(0.3);
    expect(alone.length / kept.length).toBeLessThan(0.7);
    for (const { waveform } of alone) expect([1, 3]).toContain(segmentsWith(waveform, 1)[0]);
  });
});

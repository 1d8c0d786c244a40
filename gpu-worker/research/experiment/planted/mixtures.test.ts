import { TrackId } from "@lemons/shared/contract/identifier";
import { describe, expect, it } from "vitest";
import { randomFor } from "../../training-data/random.ts";
import { drawMixture, drawTrackMixture, type StemTrack, speedVariants } from "./mixtures.ts";

const RATE = 16_000;
const sources = ["drums", "bass", "other"];

/** One steady tone per source; amplitude 0 gives silence. */
function trackOf(slug: string, amplitudes: number[]): StemTrack {
  const waveforms = amplitudes.map((amplitude, source) =>
    Float32Array.from(
      { length: 3 * RATE },
      (_, i) => amplitude * Math.sin((2 * Math.PI * (200 + 300 * source) * i) / RATE),
    ),
  );
  return { slug: TrackId.parse(slug), sources, waveforms };
}

const tracks = [trackOf("one", [0.3, 0.2, 0]), trackOf("two", [0.1, 0.3, 0])];
const draw = (count: number, from = tracks) =>
  Array.from({ length: count }, (_, item) => drawMixture(from, RATE, randomFor(3, "test", item)));

describe("drawMixture", () => {
  it("includes each sounding source in about half of the mixtures, and never a silent one", () => {
    const mixtures = draw(400);
    const shares = sources.map(
      (_, source) => mixtures.filter(({ labels }) => labels[source] === 1).length / 400,
    );
    expect(shares[0]).toBeGreaterThan(0.4);
    expect(shares[0]).toBeLessThan(0.6);
    expect(shares[1]).toBeGreaterThan(0.4);
    expect(shares[1]).toBeLessThan(0.6);
    expect(shares[2]).toBe(0);
    // The sources are drawn independently.
    const both = mixtures.filter(({ labels }) => labels[0] === 1 && labels[1] === 1).length / 400;
    expect(Math.abs(both - shares[0]! * shares[1]!)).toBeLessThan(0.06);
  });

  it("is silent only if no source sounds", () => {
    for (const { waveform, labels } of draw(50)) {
      expect(waveform.some((value) => value !== 0)).toBe(labels.includes(1));
    }
  });

  it("gives almost inaudible sources no weight", () => {
    const faint = draw(60, [trackOf("faint", [0.004, 0.3, 0.00001])]);
    const unweighted = faint.filter(({ labelWeights }) => labelWeights[0] === 0);
    expect(unweighted.length).toBeGreaterThan(10);
    for (const { labels, labelWeights } of faint) {
      if (labelWeights[0] === 0) expect(labels[0]).toBe(0);
      expect(labelWeights[2]).toBe(1);
      expect(labels[2]).toBe(0);
    }
  });

  it("depends on the random stream alone", () => {
    expect(draw(3)).toEqual(draw(3));
    const { waveform } = drawMixture(tracks, RATE, randomFor(4, "test", 0));
    expect(waveform).not.toEqual(draw(1)[0]!.waveform);
  });
});

describe("speedVariants", () => {
  it("changes pitch and length by the same factor", async () => {
    const variants = await speedVariants(tracks[0]!);
    const crossings = ({ waveforms: [tone] }: StemTrack) =>
      tone!.filter((value, i) => i > 0 && value >= 0 !== tone![i - 1]! >= 0).length;
    const lengths = variants.map(({ waveforms }) => waveforms[0]!.length / (3 * RATE));
    expect(lengths.map((each) => Number(each.toFixed(2)))).toEqual([0.84, 0.92, 1, 1.08, 1.16]);
    // The number of periods stays the same.
    for (const variant of variants) expect(Math.abs(crossings(variant) - 1200)).toBeLessThan(12);
  });
});

const SAMPLES = 1000;
const track = {
  slug: TrackId.parse("t"),
  sources: ["drums", "bass", "other"],
  // Powers of two, so that a sum shows its terms.
  waveforms: [1, 2, 4].map((value) => new Float32Array(SAMPLES).fill(value)),
  active: { drums: [1, 1, 1, 1], bass: [0, 1, 0, 1], other: [0, 0, 0, 0] } as Record<
    string,
    (0 | 1)[]
  >,
};
const mixtures = Array.from({ length: 300 }, (_, item) =>
  drawTrackMixture(track, randomFor(1, "test", item)),
);

/** Returns the segments of a mixture in which a source sounds. */
const segmentsWith = (waveform: Float32Array, source: number) =>
  [0, 1, 2, 3].filter((segment) => waveform[segment * 250 + 100]! & (1 << source));

describe("drawTrackMixture", () => {
  it("includes each sounding stem in about half of the mixtures, and labels it", () => {
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

  it("limits some stems to one segment in which they sound", () => {
    const kept = mixtures.filter(({ labels }) => labels[1]);
    const alone = kept.filter(({ waveform }) => segmentsWith(waveform, 1).length === 1);
    expect(alone.length / kept.length).toBeGreaterThan(0.3);
    expect(alone.length / kept.length).toBeLessThan(0.7);
    for (const { waveform } of alone) expect([1, 3]).toContain(segmentsWith(waveform, 1)[0]);
  });
});

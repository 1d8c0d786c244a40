import { DEFAULT_FRONT_END, type FrontEnd } from "@lemons/shared/contract/front-end";
import { randomStream } from "./columns/networks.fixture.ts";

/** Returns a front-end with few bands and short frames: clips of a second have hundreds of columns. */
export function smallFrontEnd(bands: number): FrontEnd {
  const rates = { sampleRate: 8000, nFft: 64, hop: 32, fMax: 4000 };
  return { ...DEFAULT_FRONT_END, ...rates, nMels: bands };
}

/** Returns noise of changing loudness, different for each source; `silent` ranges are zeros. */
export function noise(
  samples: number,
  sources: number,
  seed: number,
  silent: readonly (readonly [source: number, start: number, end: number])[] = [],
): Float32Array[] {
  const random = randomStream(seed);
  return Array.from({ length: sources }, (_, source) => {
    const pitch = 0.02 + 0.3 * random();
    const values = Float32Array.from({ length: samples }, (_, i) => {
      const loudness = 0.3 + 0.3 * Math.sin(i / (40 + 300 * ((source * 0.37) % 1)));
      return loudness * (0.3 * (2 * random() - 1) + Math.sin(i * pitch));
    });
    for (const [which, start, end] of silent) if (which === source) values.fill(0, start, end);
    return values;
  });
}
